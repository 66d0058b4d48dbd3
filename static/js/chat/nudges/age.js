/**
 * Ages under eighteen that a writer states as their own. "I have a 15 year old
 * dog", "when I was 15", "I'm 15 minutes away" and "are you 15?" are not such.
 * What may follow the number is listed, not what may not: a doubtful sentence
 * passes. An age that is no sentence ("15") says nothing without its question.
 */

import { phrases, spans } from './spans.js';

/** @typedef {import('./spans.js').Span} Span */

/** Where a sentence may end, or a new thought begin. */
const END =
  '(?= ?(?:$|[.!?;)|…。।](?!\\d)|,(?! ?\\d)|\\n|\\p{Extended_Pictographic}|[:;=xX][)(DdPp]?(?![\\p{L}\\p{N}])))';
const SMILE =
  '(?:lol|lmao|haha+|hehe+|jaj[aj]*|rsrs|kkk+|mdr|xd|btw|tho|though|rn|atm|bro|tbh)';

/** @param {...string} words that may follow beside an end */
const then = (...words) =>
  `(?:${END}|(?= ?(?:${[SMILE, ...words].join('|')})(?![\\p{L}\\p{N}])))`;

/** @param {string} digits @param {string} [words] that mean the same */
const number = (digits, words = digits) => `(?:${digits}|${words})(?!\\d)`;
const YOUNG = '[3-9]|1[0-7]';
const TEENS = '1[0-7]';
const TO_18 = '1[0-8]';

// --- English ------------------------------------------------------------------------

const EN_TEENS = 'ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen';
const EN_MONTHS =
  '(?:january|february|march|april|may|june|july|august|september|october|november|december)';
/** "if I'm 15", "you think I'm 15": somebody's thought, not a statement. */
const EN_NOT =
  '(?<!\\b(?:if|like|as though|unless|when|whenever|until|till|pretend|pretending|wish|(?:think|thinks|thought|say|says|said|assume|assumes|believe|believes|guess|guessed|claims?|claimed)(?:\\s+that)?)\\s{1,3})';
/** "Im 15. Stock" is German. */
const EN_I = `${EN_NOT}\\b(?:i'm|i am|iam|im(?! \\d{1,2}\\. ?(?:stock|bezirk|jahr|jh|lebensjahr|semester|monat|kapitel|og)))`;
const EN_HOW =
  '(?: (?:only|just|actually|still|really|literally|already|now|currently|like|an?|barely))*';
const EN_THEN = then(
  'years? old|yrs? old|yo|y/o|y\\.o|and(?! (?:a |\\d|counting))|but|so(?! far)|too|also|now|here',
  '[fm]|male|female|girl|boy|guy|bro|dude|man|u|you|hbu|wbu|sorry|yeah|yes|ok|who|turning|going on',
  'from(?! (?:the|here|there|you|a))|soon|almost|this year',
);
const EN_OLD =
  '(?: ?-?(?:years?|yrs?)(?:-| )?old| ?y/?\\.?o| years? of age)(?![\\p{L}\\p{N}]| (?:dog|cat|horse|car|company|account|tree|mum|mom|dad|parent)s?\\b)';
const EN_SOON = then(
  `(?:years? old)?(?:in (?:\\d{1,2} |an? |one |two |a few )?(?:days?|weeks?|months?|${EN_MONTHS})|on (?:the|my|${EN_MONTHS}|\\d)|next (?:week|month|year|${EN_MONTHS})|this (?:week|month|year)|soon|tomorrow|years? old|yet|and|but|so)`,
);

const ENGLISH = [
  `${EN_I}${EN_HOW} ${number(YOUNG, EN_TEENS)}${EN_OLD}`,
  `${EN_I}${EN_HOW} ${number(TEENS, EN_TEENS)}${EN_THEN}`,
  `${EN_NOT}\\b(?:i turn|i'?m (?:turning|about to (?:be|turn))|i'?ll (?:be|turn)|i will (?:be|turn)|i'?m (?:gonna|going to) (?:be|turn)|imma be|${EN_I} (?:almost|nearly)) ${number(TO_18, `${EN_TEENS}|eighteen`)}${EN_SOON}`,
  `\\bi (?:just |only )*turned ${number(TEENS, EN_TEENS)}${EN_THEN}`,
  `${EN_I} (?:(?:still )?(?:under|below|younger than)|not(?: (?:even|yet|quite))?) ${number('18', 'eighteen')}(?! ?,)${then('yet', 'and', 'but', 'so', 'years? old')}`,
  `${EN_I} (?:still )?(?:a minor|under ?-?aged?)${then('and', 'but', 'so', 'still')}`,
  `\\bmy age(?: is| ?[:=]) ?${number(YOUNG, EN_TEENS)}${then('years?', 'and', 'but')}`,
  `^ ?age ?[:=] ?${number(TEENS, EN_TEENS)}${then('[fm]')}`,
  `^ ?(?:just )?(?:an? )?${number(TEENS, EN_TEENS)}${EN_OLD}(?: (?:f|m|girl|boy|male|female|guy|kid|teen|student))?${then('here', 'from', 'in')}`,
  // Age, sex, place, as strangers open with: "16f", "f 15", "15/m/usa"
  `^ ?(?:asl\\W{0,3})?${number(TEENS)} ?[/,.-]? ?(?:[fm]|male|female|girl|boy|guy)${then('here', 'from', '/', ',', 'u', 'you', 'wbu', 'hbu')}`,
  `^ ?${number(TEENS)} ?[/,] ?[fm] ?[/,]`,
  `^ ?(?:[fm]|male|female)[/,\\s]{0,2}${number(TEENS)}(?:${END}|(?= ?(?:/|here\\b|from\\b)))`,
];

// --- Spanish, Portuguese, French ------------------------------------------------------

const ES_TEENS = 'diez|once|doce|trece|catorce|quince|dieciseis|diecisiete';
const ES_NOT =
  '(?<!\\b(?:no|si|cuando|aunque|(?:crees?|creen|piensan?|parece|dicen?|dices|fingir)\\s+que|como\\s+si)\\s{1,3}(?:yo\\s{1,3})?)';
const ES_HOW = '(?: (?:solo|apenas|casi|recien|ya|como|unos))*';
const ES_THEN = then(
  'y(?! (?:\\d|pico|medio de))|pero|recien|cumplidos|de edad|soy|apenas|nomas|vivo|estudio|amigo|bro|we+y?|tu|vos|aun|todavia',
);
const ES_SOON = then(
  'en (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|\\d+ (?:dias|semanas|meses)|unos)|el (?:\\d|proximo|mes|lunes|martes|miercoles|jueves|viernes|sabado|domingo)|este|esta|la (?:proxima|semana)|manana|pronto|y|pero',
);
const SPANISH = [
  `${ES_NOT}\\btengo${ES_HOW} ${number(YOUNG, ES_TEENS)} ?(?:anos|anitos)${ES_THEN}`,
  `^ ?(?:yo )?tengo${ES_HOW} ${number(TEENS, ES_TEENS)}${then('y (?:tu|vos|usted)')}`,
  `${ES_NOT}\\bcumplo ${number(TO_18, `${ES_TEENS}|dieciocho`)}(?: anos)?${ES_SOON}`,
  `\\b(?:(?:aun |todavia )?no tengo(?: aun| todavia)?(?: los)?|tengo menos de) 18(?: anos)?(?! ?(?:anos)? ?,)${then('todavia', 'aun', 'y', 'pero')}`,
  `${ES_NOT}\\bsoy (?:un |una |todavia |aun )?menor de edad${then('y', 'pero', 'todavia')}`,
];

const PT_TEENS =
  'dez|onze|doze|treze|catorze|quatorze|quinze|dezesseis|dezasseis|dezessete|dezassete';
const PT_NOT =
  '(?<!\\b(?:nao|se|quando|embora|(?:acha|acham|pensa|parece|dizem|diz)\\s+que|como\\s+se)\\s{1,3}(?:eu\\s{1,3})?)';
const PT_HOW = '(?: (?:so|apenas|quase|ja|ainda))*';
const PT_THEN = then(
  'e(?! (?:\\d|pouco))|mas|de idade|sou|ainda|moro|estudo|mano|cara|tbm|tambem|vc|ne',
);
const PORTUGUESE = [
  `${PT_NOT}\\btenho${PT_HOW} ${number(YOUNG, PT_TEENS)} ?(?:anos|aninhos)${PT_THEN}`,
  `^ ?(?:eu )?tenho${PT_HOW} ${number(TEENS, PT_TEENS)}${then('e (?:tu|vc|voce)')}`,
  `${PT_NOT}\\b(?:faco|completo|vou fazer) ${number(TO_18, `${PT_TEENS}|dezoito`)}(?: anos)?${then('em (?:janeiro|fevereiro|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro|\\d+ (?:dias|semanas|meses))', 'mes que vem', 'semana que vem', 'amanha', 'logo', 'este', 'esse', 'no (?:mes|proximo)')}`,
  `\\b(?:ainda )?(?:nao tenho(?: ainda)?|tenho menos de) 18(?: anos)?(?! ?(?:anos)? ?,)${then('ainda', 'e', 'mas')}`,
  `${PT_NOT}\\bsou (?:ainda |de )?menor(?: de idade)${then('e', 'mas', 'ainda')}`,
];

const FR_TEENS = 'dix|onze|douze|treize|quatorze|quinze|seize|dix-sept';
const FR_NOT =
  '(?<!\\b(?:si|quand|comme\\s+si|(?:crois|croit|penses?|dit|dirait)\\s+que)\\s{1,3})';
const FR_THEN = then(
  'et(?! (?:demi de|\\d))|mais|donc|je|toi|en fait|seulement|frere|frero|aussi|ptdr',
);
const FRENCH = [
  `${FR_NOT}\\b(?:j'? ?ai|j'? ?n'?ai que|je n'? ?ai que)(?: (?:que|seulement|juste|bientot|presque|deja))* ${number(YOUNG, FR_TEENS)} ?ans${FR_THEN}`,
  `\\b(?:j'aurai|je vais avoir|j'aurais|je fete(?: mes)?) ${number(TO_18, `${FR_TEENS}|dix-huit`)}(?: ?ans)?${then('en (?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)', 'dans', 'demain', 'le', 'la semaine', "l'annee", 'bientot', 'et', 'mais')}`,
  `\\b(?:j'? ?ai|je n'? ?ai|j'? ?n'?ai) (?:pas (?:encore )?|moins de )18 ?ans(?! ?,)${then('et', 'mais', 'encore')}`,
  `${FR_NOT}\\bje suis (?:encore |toujours |une? )?mineure?${then('et', 'mais', 'donc')}`,
];

// --- German -------------------------------------------------------------------------

const DE_TEENS = 'zehn|elf|zwolf|dreizehn|vierzehn|funfzehn|sechzehn|siebzehn';
const DE_NOT = '(?<!\\b(?:wenn|falls|als|ob|denkst|dass)\\s{1,3})';
/** A point after a number makes it an ordinal unless the sentence ends. */
const DE_THEN =
  '(?:(?= ?(?:$|[!?;)]|,(?! ?\\d)|\\. ?(?:$|\\n)|\\p{Extended_Pictographic}))|(?= (?:und(?! \\d)|aber|jahre? (?:alt|jung)|lol|haha|xd|also|du)(?!\\p{L})))';
const GERMAN = [
  `${DE_NOT}\\bbin(?: ich)?(?: (?:erst|noch|gerade|mal|nur|jetzt|schon|fast))* ${number(YOUNG, DE_TEENS)} ?jahre? (?:alt|jung)(?!\\p{L})`,
  `${DE_NOT}(?:\\bich |^ ?)bin(?: (?:erst|noch|gerade|mal|nur|jetzt|schon|fast))* ${number(TEENS, DE_TEENS)}${DE_THEN}`,
  `${DE_NOT}\\bich werde(?: (?:bald|morgen|heute|nachste[ns]? (?:woche|monat|jahr)|im [a-z]+|dieses jahr|erst))* ${number(TO_18, `${DE_TEENS}|achtzehn`)}(?: jahre alt)?${DE_THEN}`,
  `\\bbin(?: ich)? (?:noch )?(?:nicht|keine|unter)(?: mal)? 18(?! ?,| mehr)(?: jahre alt)?${DE_THEN}`,
  `${DE_NOT}\\bbin(?: ich)?(?: noch)? (?:minderjahrig|nicht volljahrig)(?!\\p{L})`,
];

// --- Hindi, in both scripts; Japanese -----------------------------------------------

const HI_TEENS = 'दस|ग्यारह|बारह|तेरह|चौदह|पंद्रह|पन्द्रह|सोलह|सत्रह';
const HINDI = [
  `(?<![\\p{L}\\p{M}])(?:मैं|मै|main|mai|mein|me|i) (?:(?:सिर्फ|केवल|अभी|तो|bas|sirf|abhi|to|toh) )?${number(YOUNG, HI_TEENS)} ?(?:साल|वर्ष|saal|sal|year|years) ?(?:का|की|ka|ki|old)? ?(?:हूँ|हूं|हुँ|हु|hu+n?|hoon)(?![\\p{L}\\p{M}])`,
  `(?<![\\p{L}\\p{M}])(?:मैं|main|mai) ${number(TEENS, HI_TEENS)} (?:का|की|ka|ki) (?:हूँ|हूं|hu+n?|hoon)(?![\\p{L}\\p{M}])`,
  `(?:मेरी|meri) (?:उम्र|उमर|umr|umar|age) (?:(?:सिर्फ|अभी|sirf|abhi) )?${number(YOUNG, HI_TEENS)}(?: ?(?:साल|वर्ष|saal|sal|years?))?(?! ?(?:से|थी|था|se|thi|tha)(?![\\p{L}\\p{M}]))`,
  '(?:मैं|main|mai) (?:अभी |abhi )?(?:नाबालिग|nabalig|naabaalig) (?:हूँ|हूं|hu+n?|hoon)',
];

const JA_I = '(?:私|わたし|あたし|僕|ぼく|俺|おれ|自分|うち)(?:は|って|も)?(?:、)?';
const JA_STARTS = `(?:^|[\\s。！？!?]|${JA_I})(?:まだ|今|いま|現在|ちょうど)?`;
const JA_IS =
  '(?:です(?!か)|だよ|だけど|だから|なんだ|なので|なんで|やで|っす|の(?:女|男)(?:子)?です|(?=$|[。！!wｗ\\n、,]))';
const JA_TEENS = '十[一二三四五六七]?';
const JAPANESE = [
  `${JA_STARTS}${number(YOUNG, JA_TEENS)}(?:歳|才|さい)${JA_IS}`,
  `${JA_STARTS}(?:もうすぐ|来月|来年|来週|明日|今年)(?:で|に)?${number(TO_18, `${JA_TEENS}|十八`)}(?:歳|才|さい)(?:です(?!か)|になり|になる|だよ|$)`,
  `${JA_STARTS}(?:18歳|十八歳)(?:未満|以下)${JA_IS}`,
  `${JA_STARTS}未成年${JA_IS}`,
];

const STATEMENTS = phrases([
  ...ENGLISH,
  ...SPANISH,
  ...PORTUGUESE,
  ...FRENCH,
  ...GERMAN,
  ...HINDI,
  ...JAPANESE,
]);

/** @param {string} folded @returns {Span[]} */
export function youngAgesIn(folded) {
  return spans(folded, STATEMENTS);
}
