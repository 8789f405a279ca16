// An editor of one formula: undo, the place of an error underlined, readable by screen readers.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";

export function makeEditor(parent, labelId, onChange) {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        history(),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          "aria-labelledby": labelId,
          autocapitalize: "off",
          autocorrect: "off",
          spellcheck: "false",
        }),
        EditorView.updateListener.of((update) => update.docChanged && onChange()),
      ],
    }),
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    set text(value) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
    },
    replace(from, to, insert) {
      view.dispatch({ changes: { from, to, insert } });
    },
    mark(span, message) {
      const length = view.state.doc.length;
      const found = span
        ? [{ from: Math.min(span[0], length), to: Math.min(Math.max(span[1], span[0] + 1), length), severity: "error", message }]
        : [];
      view.dispatch(setDiagnostics(view.state, found));
    },
    focus: () => view.focus(),
  };
}
