/**
 * Money asked for, names at payment services, and gift cards that somebody is to
 * buy or read out. Talking about money is none of it.
 */

import { phrases, spans } from './spans.js';

/** @typedef {import('./spans.js').Span} Span */

// --- ways to pay --------------------------------------------------------------------

const PAY =
  '(?:paypal|pay pal|venmo|zelle|cash ?app|revolut|wise|skrill|paytm|g ?pay|google pay|apple pay|' +
  'phone ?pe|upi|pix|bizum|mercado ?pago|nequi|daviplata|yape|plin|lydia|paylib|wero|twint|' +
  'paypay|western union|money ?gram|patreon|ko-?fi|पेटीएम|फोनपे|गूगल पे)';

/** Names at Indian banks' payment handles: an address without a domain's ending. */
const UPI =
  /(?<![a-z\d._-])[a-z0-9._-]{3,64}@(?:ok(?:axis|hdfcbank|icici|sbi)|ybl|ibl|axl|apl|upi|paytm|pt(?:axis|hdfc|sbi|yes)|jupiteraxis|fam|yapl|waaxis|wahdfcbank|waicici|wasbi)(?![a-z\d.])/giu;

const PAY_WORDS = phrases([
  `\\b(?:my|mi|meu|minha|mon|mein|meine|मेरा|mera) ${PAY}(?: (?:account|id|tag|key|email|number))?(?: (?:is|es|e|est|ist|lautet|hai|है)| ?[:=]) ?(?!(?:not|empty|broke|hacked|locked|gone|no|nao|pas|nicht|vacio)\\b)\\S{2,}`,
  `\\b${PAY} me\\b`,
  '\\bcash ?app[^\\n]{0,20}\\$[a-z][a-z0-9_]{1,19}\\b',
  `\\b(?:send|pay|tip|transfer|wire|give)(?: it| me| us| money| cash| [$€£]? ?\\d{1,6} ?[$€£]?){1,3} (?:on|via|with|by|through|over|to my|to) ${PAY}\\b`,
  `\\b(?:mandame|enviame|envia|manda|transfiere(?:me)?|pagame|hazme|haceme|me haces|te hago) (?:[^\\n.?!]{0,24} )?(?:un|por|via|con|al|a mi) ${PAY}\\b`,
  `\\b(?:manda|envia|faz|me faz|me manda|chave|meu|minha chave) (?:[^\\n.?!]{0,16} )?(?:um |o |via |por |no )?pix\\b(?! (?:e|foi) (?:bom|otimo|gratis))`,
  `\\b(?:envoie[-\\s]moi|paye[-\\s]moi|vire[-\\s]moi) (?:[^\\n.?!]{0,24} )?(?:sur|par|via|avec) ${PAY}\\b`,
  `\\b(?:schick|uberweis|sende|zahl)e? mir (?:[^\\n.?!]{0,24} )?(?:auf|per|via|mit|uber) ${PAY}\\b`,
  `${PAY} (?:karo|kar do|kardo|bhejo|करो|कर दो|भेजो|पर भेजो|se bhejo)`,
  'paypay(?:で|に)(?:送って|払って|ください|お願い)',
]);

/** @param {string} folded @returns {Span[]} */
export function paymentsIn(folded) {
  return spans(folded, [UPI, ...PAY_WORDS]);
}

const CARDS =
  '(?:gift ?cards?|steam (?:gift )?cards?|i ?tunes (?:gift )?cards?|apple cards?|google play cards?|amazon (?:gift )?cards?|razer gold|vouchers?)';
const GIFT = phrases([
  `(?<!\\b(?:they|he|she|mom|dad|friends?|to) )\\b(?:(?:send|buy|get|give|gift)(?: me| us)|i need)(?: [^\\n.?!]{0,20}?)? ${CARDS}\\b`,
  `\\b${CARDS} codes?\\b`,
  `\\b(?:pay|paid)(?: me)? (?:with|in|by|through) (?:an? |the )?${CARDS}\\b`,
  '\\b(?:comprame|mandame|enviame|regalame|pasame|dame|me (?:compras|mandas|envias|regalas|das))(?: [^\\n.?!]{0,20}?)? tarjetas?(?: de)? (?:regalo|steam|amazon|google|itunes)',
  '\\b(?:me (?:manda|envia|compra|da)|compra pra mim|manda pra mim)(?: [^\\n.?!]{0,20}?)? (?:cart(?:ao|oes)[-\\s]presente|gift ?card|vale[-\\s]presente)',
  "\\b(?:(?:envoie|achete|donne|offre)[-\\s]moi|tu peux m'(?:acheter|envoyer|offrir))(?: [^\\n.?!]{0,20}?)? (?:cartes?[-\\s]cadeaux?|carte (?:steam|amazon|pcs|neosurf|transcash))",
  '\\b(?:carte|ticket|recharge|coupon) (?:pcs|transcash|neosurf)\\b',
  '\\b(?:schick|kauf|besorg|gib|schenk)e? mir (?:[^\\n.?!]{0,24} )?(?:gutschein(?:e|karten?|codes?)?|(?:steam|amazon|google[-\\s]play|itunes)[-\\s]?(?:karten?|gutscheine?|codes?))',
  '(?:गिफ्ट|गिफ़्ट|gift) ?(?:कार्ड|card) (?:भेजो|भेज दो|दो|खरीद|chahiye|चाहिए|bhejo|de do|kharid)',
  '(?:ギフト(?:カード|券|コード)|プリペイドカード|アマギフ|グーグルプレイカード|itunesカード)(?:を)?(?:送って|ください|下さい|買って|ちょうだい|くれ(?![たて]))',
]);

/** @param {string} folded @returns {Span[]} */
export function giftCardsIn(folded) {
  return spans(folded, GIFT);
}

// --- asking ------------------------------------------------------------------------

/** @param {string} words for money @param {string} units of it, after a number */
const sum = (words, units) =>
  `(?: [^\\n.?!]{0,30}?)? (?:${words}|[$€£₹¥] ?\\d|\\d{1,7} ?(?:[$€£₹¥]|${units}))`;

const LEAD =
  '(?:^|[.!?,;:\\n] ?|\\b(?:(?:can|could|would|will|may) (?:you|u)|please|pls|plz|just|and|so|babe|baby|dear|hey|hi) )(?:(?:please|pls|plz|maybe|just|also) )?';
const ASK = phrases([
  `${LEAD}(?:send|lend|give|pay|wire|transfer|loan|tip|spare|donate)(?: to)? (?:me|us)${sum('money|cash', 'bucks|dollars?|euros?|pounds?|usd|eur|gbp|rupees?|rs\\b|quid|bitcoin|btc|eth|usdt')}`,
  `${LEAD}(?:help me (?:pay|with (?:my |the |some )?(?:rent|bills?|money|cash|fees?|ticket|flight|hospital|medical))|pay (?:for )?my (?:rent|bills?|fees?|ticket|flight|phone|tuition|taxi|visa))`,
  '\\bi (?:really |urgently |desperately )?need (?:some |a little |a bit of |your )?(?:money|cash|financial help)(?: (?:from you|please|urgently|asap|badly|right now|for (?:my )?(?:rent|food|hospital|a ticket|the ticket|a flight|medicine)))',
  '\\b(?:mandame|enviame|prestame|dame|regalame|pagame|transfiereme|depositame|girame|me (?:puedes|podrias|podes) (?:mandar|enviar|prestar|dar|pagar|transferir|regalar|depositar)|(?:puedes|podrias|podes) (?:mandarme|enviarme|prestarme|darme|pagarme|transferirme)|me (?:mandas|envias|prestas|das|pagas))' +
    sum(
      'dinero|plata|lana|pasta|guita|feria|efectivo',
      'euros?|dolares|pesos|soles|lucas|pavos',
    ),
  '(?:^|[.!?,;:\\n] ?|\\b(?:por favor|voce|vc|tu|pode|poderia|consegue) )(?:me (?:manda(?:r)?|envia(?:r)?|empresta(?:r)?|da(?:r)?|paga(?:r)?|transfere|transferir|arruma)|(?:manda|envia|empresta|paga) (?:pra mim|para mim))' +
    sum('dinheiro|grana|uma grana', 'reais|conto|euros?|dolares|r\\$'),
  "\\b(?:(?:envoie|prete|donne|paye|vire|avance|passe)[-\\s]moi|(?:tu peux|tu pourrais|peux[-\\s]tu|pourrais[-\\s]tu|vous pouvez|pouvez[-\\s]vous) (?:m'(?:envoyer|avancer)|me (?:preter|donner|payer|virer|passer)))" +
    sum(
      "(?:de )?l'argent|argent|du fric|de la thune|des sous",
      'euros?|balles|dollars?',
    ),
  '\\b(?:(?:schick|leih|uberweis|send|gib|spende|zahl)e? mir|(?:kannst|konntest|wurdest|magst) du mir)' +
    sum('geld|kohle|bargeld', 'euro|eur|dollar|franken'),
  '(?<![a-z])(?:पैसे|पैसा|रुपये|रुपए|रुपया|paise|paisa|paisay|rupaye|rupees|rs) (?:(?:मुझे|mujhe|thode|थोड़े|abhi|अभी) )?(?:भेजो|भेज दो|भेजिए|दे दो|दो|दीजिए|उधार|ट्रांसफर|bhejo|bhej do|bhejdo|de do|dedo|do|udhar|transfer)(?![\\p{L}])',
  '(?:お金|おかね|金|\\d{1,6} ?万?円|現金)(?:を|、)?(?:少し|ちょっと)?(?:、)?(?:送って|貸して|かして|ちょうだい|ください|下さい|くれ(?![たてるな])|くれない[?？か]|振り込んで|恵んで|援助して)(?![いたる]|もらった|くれた)',
]);

/** @param {string} folded @returns {Span[]} */
export function requestsIn(folded) {
  return spans(folded, ASK);
}
