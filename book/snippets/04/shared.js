const order = { card: "ada", balance: 1275 };
const received = structuredClone(order); // what a worker gets from postMessage
received.balance = 0;
console.log(order.balance);

const memory = new Int32Array(new SharedArrayBuffer(64)); // what two workers can share
console.log(Atomics.compareExchange(memory, 3, 0, 7), memory[3]);
console.log(Atomics.compareExchange(memory, 3, 0, 8), memory[3]);
