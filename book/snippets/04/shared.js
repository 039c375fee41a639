const card = { name: "ada", balance: 1275 };
const received = structuredClone(card); // as postMessage does
received.balance = 0;
console.log(card.balance);

const memory = new Int32Array(new SharedArrayBuffer(64)); // in both
console.log(Atomics.compareExchange(memory, 3, 0, 7), memory[3]);
console.log(Atomics.compareExchange(memory, 3, 0, 8), memory[3]);
