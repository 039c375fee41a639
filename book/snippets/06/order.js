const keys = ["banana", "cherry", "apple"];

console.log([...keys].sort((a, b) => a > b)); // true is 1, false is 0: never "less"
console.log([...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
