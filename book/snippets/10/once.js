// A condition that travels with a withdrawal. Whoever holds it can call it as often as they like.
let balance = 100;
const withdraw = (amount) => {
  let reserved = 0;
  return () => {
    reserved += amount;
    return balance - reserved >= 0;
  };
};

const condition = withdraw(60);
console.log("the leader asks:", condition());
console.log("somebody asks again:", condition());
