/** The interests page: commas become chips. Without this the plain field works. */

import { createChips } from './chips.js';
import { interestsIn } from './interest_list.js';

const form = document.querySelector('[data-page="interests"]');
const entry = form?.querySelector('input[name="interests"]');

if (form instanceof HTMLFormElement && entry instanceof HTMLInputElement) {
  begin(form, entry);
}

/**
 * The field becomes the entry for one more; what is sent is chips and entry.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} entry
 */
function begin(form, entry) {
  const list = document.createElement('ul');
  list.className = 'chips';
  list.setAttribute('role', 'list');
  entry.before(list);
  const chips = createChips({ root: document, list, entry });
  chips.set(interestsIn(entry.value));
  entry.value = '';
  form.addEventListener('formdata', ({ formData }) => {
    chips.take();
    formData.set(entry.name, chips.get().join(', '));
  });
}
