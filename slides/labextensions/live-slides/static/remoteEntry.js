// What live slides lack for widgets, in the form of a prebuilt extension (when it can go:
// CONTRIBUTING.md). JupyterLab has the module @jupyterlab/console, and there this does nothing.
(window._JUPYTERLAB ??= {})["live-slides"] = {
  init(shared) {
    if (shared["@jupyterlab/console"]) return;
    // ipywidgets asks for a token of this module, which it can do without; but the page of
    // jupyterlab-rise has no such module at all, and ipywidgets would not start:
    // https://github.com/jupyterlab-contrib/rise/issues/119
    shared["@jupyterlab/console"] = {
      "4.6.0": {
        from: "live-slides",
        async get() {
          const [lumino] = Object.values(shared["@lumino/coreutils"]);
          const { Token } = (await lumino.get())();
          return () => ({ IConsoleTracker: new Token("@jupyterlab/console:IConsoleTracker") });
        },
      },
    };
    // A key is for the control that has the focus: otherwise JupyterLab's shortcuts choose another
    // cell and reveal.js turns the slide. A slider is moved by a script of its own, so there the
    // event is only marked as dealt with on its way down, and stopped on its way up.
    const inWidget = ({ target }) => target.closest(".jupyter-widgets");
    const onSlider = ({ target }) => target.matches("[role=slider]");
    const down = (event) => {
      if (onSlider(event)) event.preventDefault();
      else if (inWidget(event)) event.stopImmediatePropagation();
    };
    const up = (event) => onSlider(event) && event.stopImmediatePropagation();
    window.addEventListener("keydown", down, true);
    document.addEventListener("keydown", up);
  },
  async get() {
    return () => [];
  },
};
