// A sheet asked for again while somebody answers: what was ticked or typed meanwhile goes along.
const SHEET = 'sheet-items';
let answers = [];

const fieldsOf = (sheet) => [...sheet.querySelectorAll('input[name], textarea[name], select[name]')]
  .filter((field) => field.type !== 'hidden' && field.type !== 'file');

const isTick = ({ type }) => /checkbox|radio/.test(type);

document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  if (detail.target?.id === SHEET) {
    answers = fieldsOf(detail.target).map(({ name, value, type, checked }) => ({ name, value, type, checked }));
  }
});

document.addEventListener('htmx:load', ({ target }) => {
  if (target.id !== SHEET || !answers.length) return;
  const said = answers;
  answers = [];
  fieldsOf(target).forEach((field) => {
    const kept = said.find((one) => one.name === field.name && (!isTick(field) || one.value === field.value));
    if (!kept) return;
    if (isTick(field)) field.checked = kept.checked;
    else field.value = kept.value;
  });
});
