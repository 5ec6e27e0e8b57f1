//! Arabic text as the rules see it: strings in, folded words with their places out.
//!
//! Words keep the place where they stood in the original, in code points, so that whatever is
//! found can be shown. Nothing here decides what a rule means, and nothing here can fail.

pub mod html;
