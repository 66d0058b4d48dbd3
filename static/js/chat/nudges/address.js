/**
 * Postal addresses: a street with its house number, written as addresses are
 * written. "Two streets from here" and "5 miles down the road" are none.
 */

import { phrases, spans } from './spans.js';

/** @typedef {import('./spans.js').Span} Span */

/** After a house number a sentence ends, or a comma, a floor or a town follows. */
const CLOSED =
  '(?= ?(?:$|[,.;!?\\n)]|[-/]\\d|\\d{4,5}\\b|[°oa]\\b|apt|flat|piso|bis\\b))';
const NAME = "[A-Z][\\p{L}'.-]{1,24}";

/** These look at capital letters, so they stand as they are. */
const WRITTEN = [
  // 742 Evergreen Terrace
  new RegExp(
    `(?<![\\p{L}\\p{N}.,:/-])\\d{1,5}[A-Za-z]?\\s(?:(?:N|S|E|W|North|South|East|West)\\.?\\s)?(?:(?:(?!(?:The|On|Of|In|And|To|Down|Up)\\s)${NAME}|\\d{1,3}(?:st|nd|rd|th))\\s){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Sq|Way|Terrace|Close|Crescent|Place|Pl|Parkway|Pkwy|Nagar|Marg)\\b`,
    'gu',
  ),
  // SW1A 1AA: letters that look like others never stand in the second half
  /(?<![\p{L}\p{N}])(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?) \d[ABD-HJLNP-UW-Z]{2}(?![\p{L}\p{N}])/gu,
  // Springfield, IL 62704
  /, (?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]) \d{5}(?!\d)/gu,
  // Hauptstraße 12, Am Alten Weg 5a
  new RegExp(
    `(?<!\\p{L})(?!(?:Um|Heim|Hin|Ruck|Aus|Geh|Arbeits|Mittel|Schul|Rad|Lebens|Feld)weg)${NAME}(?:\\sS|s)(?:tra(?:ß|ss)e|tr\\.)\\s\\d{1,4}\\s?[a-z]?(?![\\p{L}\\p{N}:])`,
    'gu',
  ),
  /(?<!\p{L})(?!(?:Um|Heim|Hin|Ruck|Aus|Geh|Arbeits|Mittel|Schul|Rad|Lebens|Feld)weg)[A-Z]\p{L}{2,20}(?:weg|gasse|allee)\s\d{1,4}[a-z]?(?=\s*(?:$|[,.;!?\n]))/gu,
];

const SPOKEN = phrases([
  // en: lower case, but somebody says that they live there
  "(?:i live (?:at|on)|my address is|(?:i'?m|come) (?:over )?to|i'?m at) \\d{1,5} (?:[\\p{L}.]{2,20} ){1,3}(?:street|st|avenue|ave|road|rd|lane|ln|drive|boulevard|blvd|court|square|way|terrace|close|place)\\b",
  // es, pt
  `\\b(?:calle|c/|avenida|avda\\.?|av\\.|plaza|paseo|carrera|cra\\.?|rua|travessa|praca|alameda|r\\.) ?(?:[\\p{L}.]{2,20} ){1,5}?(?:,? ?(?:n[°o.]{0,2}|numero|num\\.?|#) ?)?\\d{1,5}${CLOSED}`,
  `\\b(?:calle|avenida|avda\\.?|plaza|paseo|carrera|rua|travessa|praca|alameda) (?:[\\p{L}.]{2,20} ){0,4}[\\p{L}.]{2,20}, ?(?:n[°o.]{0,2}|numero|num\\.?|#)? ?\\d{1,5}${CLOSED}`,
  '\\b(?:calle|carrera|cra\\.?|cl\\.?) \\d{1,3} ?[a-z]? ?(?:#|no\\.?) ?\\d{1,3} ?[a-z]? ?- ?\\d{1,3}\\b',
  // fr
  "(?<![\\p{L}\\p{N}])\\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|av\\.|boulevard|bd|impasse|allee|chemin|quai) (?:(?:de|du|des|d'|de la|de l') ?)?[\\p{L}'-]{3,24}",
  // hi
  '(?:मकान|फ्लैट|फ़्लैट|प्लॉट|गली) (?:नंबर|नम्बर|संख्या|नं\\.?) ?\\d{1,5}',
  '\\b(?:h\\. ?no\\.?|house no\\.?|flat no\\.?|plot no\\.?) ?:? ?\\d{1,5}\\b',
  '(?:पिन ?कोड|pin ?code) ?(?:है|hai|is|:|-)? ?[1-9]\\d{2} ?\\d{3}(?!\\d)',
  // ja
  '(?:〒|郵便番号(?:は|:)?) ?\\d{3}-? ?\\d{4}(?!\\d)',
  '\\p{Script=Han}{1,3}[都道府県]\\p{L}{1,8}?[市区町村]\\p{L}{1,12}?\\d{1,3}(?:丁目|番地?|-\\d{1,3})',
  // announced, with a number not far behind
  "\\bmy (?:home |full |postal |mailing )?address(?: is|:|'s)(?! (?:not|secret|private))[^\\n\\d@]{0,40}\\d",
  '\\b(?:mi direccion|meu endereco|mon adresse|meine adresse)(?: (?:es|e|est|ist|lautet)| ?:)(?! \\d{1,3}\\.\\d)[^\\n\\d@]{0,40}\\d',
  '(?:मेरा पता|मेरे घर का पता)[^\\n\\d@]{0,40}\\d',
  '(?<!メール|ip|アイピー)(?:住所|じゅうしょ)は[^\\n\\d@]{0,30}\\d',
]);

/** @param {string} folded @returns {Span[]} */
export function addressesIn(folded) {
  return spans(folded, [...WRITTEN, ...SPOKEN]);
}
