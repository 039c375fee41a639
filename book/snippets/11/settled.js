function keeper(watermark) {
  let settled = null;
  return ({ key, time }) => {
    if (key === settled) return false;
    if (time <= watermark) settled = key;
    return true;
  };
}

const versions = [9, 5, 2].map((time) => ({ key: "apple", time }));
const keeps = keeper(6);
console.log(versions.filter(keeps).map(({ time }) => time));
// The same closure again: it remembers, and nobody can see that it does.
console.log(versions.filter(keeps).map(({ time }) => time));
