"""The options of what is shown: ``matcalc diff --steps`` and ``matcalc graph``."""

from __future__ import annotations

from argparse import ArgumentParser

GRAPHS = ("text", "svg", "dot", "mermaid")


def add_steps_options(diff: ArgumentParser) -> None:
    """Whether and how the derivation is shown."""
    diff.add_argument(
        "--steps",
        action="store_true",
        help="show how the answer is found, each line proved; see docs/steps.md",
    )
    diff.add_argument(
        "--detail",
        metavar="N",
        type=int,
        choices=(1, 2, 3),
        default=2,
        help="of --steps: 1 the main lines, 2 (default) also what is inserted, 3 linear steps too",
    )


def add_graph_options(graph: ArgumentParser) -> None:
    """What is drawn, and how."""
    graph.add_argument(
        "expression",
        metavar="EXPR|FILE",
        help="the expression, a file that has it, or - for standard input",
    )
    graph.add_argument(
        "--wrt",
        "-w",
        metavar="NAME",
        action="append",
        default=[],
        help="differentiate only with respect to this variable; several as in --wrt W,b",
    )
    graph.add_argument(
        "--network",
        action="store_true",
        help="the expression and its derivatives as tensor networks",
    )
    graph.add_argument(
        "--mode",
        choices=("forward", "reverse", "auto"),
        help="the derivatives as a program, and the operations of both modes (auto: the cheaper)",
    )
    graph.add_argument(
        "--sizes",
        metavar="n=100,m=20",
        help="the sizes for which --mode counts operations; forward and reverse need none",
    )
    graph.add_argument("--latex", action="store_true", help="EXPR is LaTeX; see docs/latex.md")
    graph.set_defaults(einstein=False)
    graph.add_argument(
        "--format", choices=GRAPHS, default="text", help="what to print (default: text)"
    )
    graph.add_argument(
        "--at",
        metavar="FILE",
        help="values of the inputs (.npz or .json); those of all nodes follow",
    )
