"""What is known of the signs and the types of an array program without running it."""

from __future__ import annotations

from functools import reduce
from math import inf

from matcalc.core.operations import COMPARISONS, OPERATIONS
from matcalc.core.walk import fold
from matcalc.write.printers.numpy_nodes import OUTER, CodeBuilder, CodeNode, is_ones

# what generated code calls -> the least and the largest value at real arguments
_VALUES = {row.numpy or name: row.values for name, row in OPERATIONS.items() if row.values} | {
    "abs_": (0, inf),
    "np.sign": (-1, 1),
    "sigmoid_slope": (0, 0.25),
    "squared_distances": (0, inf),
}
_POSITIVE = frozenset(name for name, (least, _) in _VALUES.items() if least >= 0)
_BOUNDED = frozenset(name for name, (least, most) in _VALUES.items() if least >= -1 and most <= 1)
# functions whose values are complex where the arguments are
_NUMBERS = frozenset(
    [
        *("np.exp", "np.log", "np.sqrt", "np.sin", "np.cos", "np.tanh", "np.sum", OUTER),
        *("np.linalg.inv", "np.linalg.solve", "softmax", "logsoftmax", "psd_inverse"),
        *("psd_solve", "weighted_gram", "sigmoid", "sigmoid_slope", "squared_distances"),
    ]
)
_FOLLOWING = frozenset(
    ("infix", "neg", "call", "suffix", "shaped", "einsum", "multiplied", "stacked", "cleared")
)


def nonnegative(node: CodeNode) -> bool:
    """Whether no entry can be negative (of real arguments); what is not proved counts as false."""
    return fold(node, _relevant, _signs)[0]


def _relevant(node: CodeNode) -> tuple[CodeNode, ...]:
    return node.args if node.op in ("infix", "neg", "suffix") else ()


def _signs(node: CodeNode, args: list[tuple[bool, bool]]) -> tuple[bool, bool]:
    """Whether all entries are >= 0, and whether none is beyond -1 and 1."""
    if node.op == "number":
        return node.attr >= 0, abs(node.attr) <= 1
    if node.op == "size" or is_ones(node):
        return True, is_ones(node)
    if node.op == "call":
        return node.attr[0] in _POSITIVE, node.attr[0] in _BOUNDED
    if node.op == "suffix":
        return args[0]
    if node.op == "neg":
        return False, args[0][1]
    if node.op != "infix":
        return False, False
    (positive, small), (other_positive, other_small) = args
    left, right = node.args
    match node.attr:
        case "*":
            return left is right or (positive and other_positive), small and other_small
        case "**" if right.op == "number":
            even = right.attr.denominator == 1 and right.attr % 2 == 0
            return positive or even, small and right.attr > 0
        case "/":
            return positive and other_positive, False
        case "+":
            return positive and other_positive, False
        case "-":  # 1 - t
            one = left.op == "number" and left.attr >= 1
            unit = left.op == "number" and left.attr == 1
            return one and other_small, unit and other_small and other_positive
    return False, False


def root_of(build: CodeBuilder, weight: CodeNode) -> CodeNode:
    """A vector whose square is this one, which has no negative entry: of ``y ** 2 * s`` it is
    ``y * np.sqrt(s)``.
    """
    outside: list[CodeNode] = []
    inside: list[CodeNode] = []
    stack = [weight]
    while stack:
        node = stack.pop()
        even = node.op == "infix" and node.attr == "**" and node.args[1].op == "number"
        if node.op == "infix" and node.attr == "*":
            stack += node.args[::-1]
        elif even and node.args[1].attr % 2 == 0 and node.args[1].attr > 0:
            half = build.number(node.args[1].attr / 2)
            base = node.args[0]
            outside.append(base if half.attr == 1 else build.infix("**", base, half, node.shape))
        else:
            inside.append(node)
    if not outside or not all(map(nonnegative, inside)):
        return build.call("np.sqrt", weight, shape=weight.shape)
    if inside:
        below = reduce(build.times, inside)
        outside.append(build.call("np.sqrt", below, shape=below.shape))
    return reduce(build.times, outside)


def is_complex(node: CodeNode, known: set[CodeNode]) -> bool:
    """Whether complex arguments surely give complex numbers, given of which parts that is known."""
    if node.op == "call" and node.attr[0] not in _NUMBERS:
        return False
    if node.op in ("infix", "neg") and node.attr in COMPARISONS:
        return False
    if node.op == "scattered":  # the array that is added to
        return node.args[-1] in known
    if node.op == "pieces":  # or, where there is none, what is added
        base = node.args[len(node.attr) :]
        return not known.isdisjoint(base or node.args)
    return node.op == "name" or (node.op in _FOLLOWING and not known.isdisjoint(node.args))
