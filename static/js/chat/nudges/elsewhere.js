/**
 * Names on other services, and invitations to go there. Talking about a service
 * ("I deleted my Instagram") is neither.
 */

import { phrases, spans } from './spans.js';

/** @typedef {import('./spans.js').Span} Span */

/** Words that mean a service and nothing else. */
const CLEAR =
  '(?:insta(?:gram)?|snap ?chat|snap|discord|dc|telegram|whats ?app|wpp|wsp|watsap|zap(?:zap)?|' +
  'kik|wickr|kakao(?: ?talk)?|we ?chat|viber|skype|facebook|fb|face|messenger|tik ?tok|twitter|' +
  'only ?fans|threema|imessage|face ?time|bluesky|signal app|' +
  'इंस्टा(?:ग्राम)?|स्नैप(?:चैट)?|व्हाट्स ?[एऐ]प|वॉट्सऐप|टेलीग्राम|फेसबुक|डिस्कॉर्ड)';
/** With words that also mean other things; good only in a frame that says enough. */
const APP = `(?:${CLEAR}|ig|sc|tg|tele|signal|line|x|session|steam|xbox|psn|zoom|teams|reddit|threads|twitch|hangouts|google chat)`;

/** What may follow "my Instagram is" without being a name. */
const NO_NAME =
  '(?!(?:the|that|this|so|not|very|too|just|only|mostly|for|all|about|private|public|boring|' +
  'dead|gone|down|broken|hacked|banned|empty|full|fake|old|new|bad|better|my|like|where|' +
  'what|muy|muito|tres|sehr|privado|privada|prive|aburrido|chato|leer|nicht|nao|pas|una?|' +
  'uma?|eine?|un|le|la|el|das|der|die|tot|kaputt)\\b)';
const NAME = `(?:@|"|')?${NO_NAME}[a-z0-9_][a-z0-9_.]{2,29}`;

const ENGLISH = [
  `\\b(?:add|follow|message|msg|text|dm|hit|find|write|contact|call|reach|join|pm|ping|hmu) (?:me )?(?:up )?(?:over )?(?:on|in|at|via|through) (?:my )?${APP}\\b`,
  `\\b(?:let'?s|can we|could we|wanna|want to|do you want to|shall we|should we|we (?:can|could|should)) (?:talk|chat|move|switch|go|continue|call|text|keep talking|take this)(?: [a-z]+){0,2}? (?:on|to|over to|in|via|over) ${APP}\\b`,
  `\\b(?:do (?:you|u|ya)|you|u) (?:have|got|use) (?:an? )?${CLEAR}(?: ?\\?| ?$)`,
  `\\b(?:what'?s?(?: is)?|give me|gimme|drop|send(?: me)?|share|can i (?:have|get)|could i have|may i have|tell me) (?:your|ur|yo) (?:${CLEAR}|ig|sc|socials?|(?:phone )?number|cell)\\b(?! (?:profile picture|bio|about|name mean))`,
  `\\b(?:your|ur) (?:${CLEAR}|ig|sc|socials) ?\\?`,
  `\\bmy (?:${CLEAR}|ig|sc|tg|socials?)(?: account)?(?: is|'s| ?[:=]) ?${NAME}`,
  `\\bmy ${APP} (?:user ?name|handle|id|tag|name|user)(?: is|'s| ?[:=]) ?${NAME}`,
  `(?<![a-z])(?:${CLEAR}|ig|sc|tg)(?: (?:user ?name|handle|id))? ?[:=] ?${NAME}`,
  `\\bi'?m (?:on )?${CLEAR} as @?[a-z0-9_.]{3,30}`,
];
const SPANISH = [
  `\\b(?:agreg(?:a|ue)me|anademe|sigueme|escribeme|buscame|hablame|mandame(?: un)?(?: mensaje| dm)?|contactame|agregame|seguime|hablame|escribime) (?:a|en|al|por)(?: mi| el| tu)? ${APP}\\b`,
  `\\b(?:pasame|dame|me das|me pasas|cual es|comparte|me compartes) (?:tu|el) (?:${CLEAR}|ig|numero|cel(?:ular)?|telefono|movil)\\b`,
  `\\bmi (?:${CLEAR}|ig|usuario(?: de ${APP})?)(?: es| ?[:=]) ?${NAME}`,
  `\\b(?:tienes|tenes|tiene|usas)(?: un)? ${CLEAR} ?\\?`,
  `\\b(?:hablamos|vamos|seguimos|chateamos|pasemos|nos vamos) (?:por|en|a|al|para) ${APP}\\b`,
];
const PORTUGUESE = [
  `\\bme (?:adiciona|add|segue|chama|procura|manda mensagem|manda msg)(?: la)? (?:no|na|pelo|em) ${APP}\\b`,
  `\\b(?:adiciona|segue|chama) (?:eu|la) (?:no|na|pelo) ${APP}\\b`,
  `\\b(?:passa|me passa|manda|me manda|me da|qual(?: e| o)?)(?: o)? (?:teu|seu) (?:${CLEAR}|ig|numero|contato|celular)\\b`,
  `\\bmeu (?:${CLEAR}|ig|user)(?: e| ?[:=]) ?${NAME}`,
  `\\b(?:tem|usa) ${CLEAR} ?\\?`,
  `\\b(?:vamos|bora|conversamos|continua(?:r|mos)?|fala(?:r|mos)?) (?:la )?(?:pro|para o|pra|no|pelo) ${APP}\\b`,
];
const FRENCH = [
  `\\b(?:ajoute|suis|ecris|parle|contacte|appelle|rejoins)[-\\s](?:moi|nous)(?: un message)? (?:sur|via|par)(?: mon)? ${APP}\\b`,
  `\\b(?:donne(?:[-\\s]moi)?|passe(?:[-\\s]moi)?|envoie(?:[-\\s]moi)?|c'?est quoi|quel est) ton (?:${CLEAR}|ig|numero|num|tel)\\b`,
  `\\bmon (?:${CLEAR}|ig|pseudo(?: ${APP})?)(?: c'?est| est| ?[:=]) ?${NAME}`,
  `\\b(?:tu|t'?)(?: )?as (?:un )?${CLEAR} ?\\?`,
  `\\b(?:on|tu veux|viens|veux[-\\s]tu) (?:se )?(?:parle|parler|continue|continuer|passe|passer|va|aller|discute|discuter)? ?sur ${APP}\\b(?! (?:il|on|ya|y))`,
];
const GERMAN = [
  `\\b(?:adde?|fuge?|schreib|kontaktiere?|folge?|such|find) (?:mich|mir)(?: mal| gern| bitte)? (?:auf|bei|in|uber|per) ${APP}\\b`,
  `\\b(?:gib mir|schick mir|was ist|wie ist|wie heißt) (?:mal )?deine? (?:${CLEAR}|ig|nummer|handynummer)\\b`,
  `\\bmein (?:${CLEAR}|ig)(?:[-\\s]?name)?(?: ist| heißt| lautet| ?[:=]) ?${NAME}`,
  `\\bhast du(?: auch)? ${CLEAR} ?\\?`,
  `\\b(?:lass(?:t)? uns|wollen wir|konnen wir|wir konnen) (?:[a-z]+ ){0,2}?(?:auf|bei|zu|uber|per) ${APP}\\b`,
];
const HINDI = [
  `(?:मेरा|मेरी|mera|meri|apna|apni|तुम्हारा|तुम्हारी|tumhara|tumhari|aapka|aapki) ${CLEAR} (?:id|आईडी|username|name|नाम|hai|है|kya|क्या|do|de|दो|bata)`,
  `${CLEAR} (?:पर|पे|pe|par) (?:आओ|आ ?जाओ|मैसेज|मेसेज|ऐड|एड|बात|add|aao|aa ?jao|aaja|msg|message|baat|follow)`,
  `${CLEAR} (?:id|आईडी) (?:do|de|dedo|दो|दे|batao|bata|बताओ|kya|क्या)`,
];
const JAPANESE = [
  '(?:インスタ(?:グラム)?|ライン|line|カカオ(?:トーク)?|ディスコ(?:ード)?|ツイッター|テレグラム|スカイプ|スナチャ|スナップチャット|フェイスブック|インスタid)(?:の)?(?:id|アカウント|垢)?(?:を|で|に|も)?(?:教えて|おしえて|交換|追加|フォローして|話そう|話さない|話しません|やろう|来て|きて|移ろう|移動しよう|しよう|しない[?？])',
];

const INVITATIONS = phrases([
  ...ENGLISH,
  ...SPANISH,
  ...PORTUGUESE,
  ...FRENCH,
  ...GERMAN,
  ...HINDI,
  ...JAPANESE,
]);

/** `@name` alone; not `@home`, not the middle of an address. */
const HANDLE =
  /(?<![a-z\d._%+/@-])@(?!(?:home|work|school|here|there|everyone|channel|all|you|me|the|night|least|first|once|uni|gym|param|media|override|import|type|property|return)\b)[a-z_][a-z0-9_.]{2,29}(?!@)/giu;

/** @param {string} folded @returns {Span[]} */
export function elsewhereIn(folded) {
  return spans(folded, [HANDLE, ...INVITATIONS]);
}
