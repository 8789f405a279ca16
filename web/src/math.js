// Formulas of the documentation site: Markdown's $...$ arrives as \(...\) or \[...\].
import katex from "katex";

for (const element of document.querySelectorAll(".arithmatex")) {
  const text = element.textContent.trim();
  const latex = text.slice(2, -2);
  katex.render(latex, element, { displayMode: text.startsWith("\\["), throwOnError: false, output: "htmlAndMathml" });
}
