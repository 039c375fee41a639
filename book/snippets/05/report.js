const cards = new Map([["ada", 1000], ["bob", 1000], ["cy", 1000]]);
const readPage = async (card) => cards.get(card); // asks a server, in real life

async function report() {
  let total = 0;
  for (const card of cards.keys()) total += await readPage(card);
  console.log("total:", total);
}

report();
cards.set("ada", 900).set("cy", 1100); // a till moves 100, as soon as the report awaits
