// What a person with a keyboard alone can reach, and what they see of where they are.
(() => {
  const reachable =
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
  const seen = { checkOpacity: false, checkVisibilityCSS: true };

  const stops = (element) => {
    if (element.matches(':disabled, [tabindex="-1"]') || element.closest('[inert]'))
      return false;
    if (!element.checkVisibility(seen)) return false;
    if (element.type !== 'radio') return true;
    const group = [
      ...document.querySelectorAll(`input[type=radio][name="${element.name}"]`),
    ];
    return element === (group.find((one) => one.checked) ?? group[0]);
  };

  const look = (element) => {
    const around = [element, element.parentElement, element.nextElementSibling];
    return around
      .filter(Boolean)
      .map((one) => getComputedStyle(one))
      .map((style) => [
        style.outline,
        style.boxShadow,
        style.borderColor,
        style.backgroundColor,
        style.position,
      ])
      .join('|');
  };

  const name = (element) => {
    const words =
      element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 30);
    const hook = element.dataset.action ?? element.dataset.part ?? element.name ?? '';
    return `${element.tagName.toLowerCase()} ${hook} ${element.value ?? ''} ${words}`.trim();
  };

  const before = new Map();
  let expected = [];

  globalThis.keyboard = {
    begin: () => {
      document.activeElement?.blur();
      expected = [...document.querySelectorAll(reachable)].filter(stops);
      for (const one of expected) before.set(one, look(one));
      return expected.length;
    },
    here: () => {
      const element = document.activeElement;
      const at = expected.indexOf(element);
      const changed = before.get(element) !== look(element);
      return { at, name: name(element), shown: changed };
    },
    missing: (visited) => expected.filter((_, at) => !visited.includes(at)).map(name),
  };
})();
