// What to do about an error, by the words it comes with. Pure.

/** @type {[RegExp, string][]} */
const ADVICE = [
  [/\b40[13]\b|unauthori|forbidden|api.?key/i, "Check the token or key of this agent."],
  [/\b404\b/, "There is a server, but no agent at this path: check the URL."],
  [/\b429\b|rate.?limit|quota/i, "The agent is asked too often: wait a moment, then retry."],
  [
    /refused|unreach|reached|connect|resolve|network/i,
    "Check that the agent's server runs and that its URL is right, then retry.",
  ],
  [/time[d-]?.?out/i, "The agent took too long: retry, or connect with a longer timeout."],
  [/protocol|schema|malformed/i, "The agent sent what AG-UI does not allow; the Events tab shows it."],
];

const RETRY = "Retry sends the same messages again; what comes then stands in place of this answer.";

/** @param {string} words  code and message @param {boolean} again  whether it can be retried here */
export const advice = (words, again) =>
  ADVICE.find(([pattern]) => pattern.test(words))?.[1] ?? (again ? RETRY : "");
