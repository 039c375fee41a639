async function sync() {
  throw new Error("EIO: the disk reports an error");
}

process.on("unhandledRejection", () => console.log("(somebody logged something)"));
sync(); // nobody waits for it, and nobody looks
console.log("saved");
