// Filters the table of all models. Without JavaScript the page has the whole table.
(() => {
  "use strict";

  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  const choices = (values) => values.map((value) => [value, value]);
  const YES_OR_NO = [["yes", "yes"], ["no", "no"]];

  const selection = (label, options) => {
    const select = make("select", {}, make("option", { value: "" }, "any"));
    for (const [value, text] of options) select.append(make("option", { value }, text));
    return [select, make("label", {}, label, select)];
  };

  const has = (list, value) => (list ?? "").split(" ").includes(value);

  const takes = (row, wanted) => {
    const { data, text } = row;
    const flag = (name) => !wanted[name] || (wanted[name] === "yes") === (data[name] === "yes");
    const image = () => {
      if (!wanted.image) return true;
      if (wanted.image === "yes" || wanted.image === "no") return (wanted.image === "yes") === Boolean(data.image);
      return has(data.image, wanted.image);
    };
    const { seconds, resolution, ratio } = wanted;
    return (
      (!wanted.provider || data.provider === wanted.provider) &&
      (!seconds || has(data.seconds, seconds)) &&
      (!resolution || has(data.resolution, resolution)) &&
      (!ratio || has(data.ratio, ratio)) &&
      !(seconds && resolution && has(data.not, `${seconds}+${resolution}`)) &&
      !(resolution && ratio && has(data.not, `${resolution}+${ratio}`)) &&
      image() && flag("video") && flag("audio") &&
      (wanted.retired || !data.retires || data.retires > wanted.today) &&
      wanted.words.every((word) => text.includes(word))
    );
  };

  const PYTHON = { yes: "True", no: "False" };
  const call = (wanted) => {
    const quoted = (value) => `"${value}"`;
    const image = PYTHON[wanted.image] ?? quoted(wanted.image);
    const parts = [
      wanted.provider && quoted(wanted.provider),
      wanted.seconds && `seconds=${wanted.seconds}`,
      wanted.resolution && `resolution=${quoted(wanted.resolution)}`,
      wanted.ratio && `aspect_ratio=${quoted(wanted.ratio)}`,
      wanted.image && `image=${image}`,
      wanted.video && `video=${PYTHON[wanted.video]}`,
      wanted.audio && `audio=${PYTHON[wanted.audio]}`,
      wanted.retired && "retired=True",
    ];
    return `list_models(${parts.filter(Boolean).join(", ")})`;
  };

  const start = (matrix) => {
    const rows = [...matrix.querySelectorAll("tbody tr")].map((element) => ({
      element,
      data: element.dataset,
      text: element.textContent.toLowerCase(),
    }));
    const offered = (name) => choices(matrix.dataset[name].split(" "));
    const providers = [...new Set(rows.map((row) => row.data.provider))];
    const fields = {
      provider: selection("provider", choices(providers)),
      seconds: selection("seconds", offered("seconds")),
      resolution: selection("resolution", offered("resolution")),
      ratio: selection("aspect ratio", offered("ratio")),
      image: selection("images", [...YES_OR_NO, ...offered("image")]),
      video: selection("video in", YES_OR_NO),
      audio: selection("sound can be switched", YES_OR_NO),
    };
    const words = make("input", { type: "search", placeholder: "kling pro", spellcheck: "false" });
    const retired = make("input", { type: "checkbox" });
    const said = make("p", { class: "matrix__said", role: "status" });
    const form = make(
      "form",
      { class: "matrix__filters", role: "search", "aria-label": "Filter the models" },
      make("label", {}, "words", words),
      ...Object.values(fields).map(([, label]) => label),
      make("label", { class: "matrix__check" }, retired, "retired ones, too"),
    );

    const show = () => {
      const wanted = Object.fromEntries(
        Object.entries(fields).map(([name, [select]]) => [name, select.value]),
      );
      wanted.words = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      wanted.retired = retired.checked;
      wanted.today = new Date().toISOString().slice(0, 10);
      let count = 0;
      for (const row of rows) {
        const fits = takes(row, wanted);
        row.element.hidden = !fits;
        count += fits;
      }
      said.replaceChildren(`${count} of ${rows.length} models. The same in Python: `, make("code", {}, call(wanted)));
    };

    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    matrix.prepend(form, said);
    show();
  };

  for (const matrix of document.querySelectorAll(".matrix")) start(matrix);
})();
