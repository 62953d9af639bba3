// Conversations that last: what an empty chat offers, versions of a turn, undo, the list of threads,
// the player. A module of its own, asked of the kernel when there first is something of it to show.
import styles from "./threads.css";
import { asideBar } from "./threads/aside_bar.js";
import { branchArrows } from "./threads/branch_arrows.js";
import { continueOffer } from "./threads/continue_offer.js";
import { player } from "./threads/player.js";
import { problemBar } from "./threads/problem_bar.js";
import { openThreads } from "./threads/thread_list.js";

/** @import { Context } from "./types" */

/** Adds to a chat what is shown of its threads. @param {Context} context */
export function attach(context) {
  continueOffer(context);
  branchArrows(context);
  asideBar(context);
  problemBar(context);
  player(context);
}

export { openThreads, styles };
