const load = (page) => {
  if (page === 2) throw new Error("page 2 is damaged");
  return page;
};
const reader = { at: 1, next() { this.at = load(this.at + 1); } };
try {
  reader.next();
} catch (error) {
  console.log(error.message);
}
console.log("still showing page", reader.at);
