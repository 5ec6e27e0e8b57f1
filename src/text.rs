//! Arabic text as the rules see it: strings in, folded words with their places out.
//!
//! [`fold`] makes one spelling of many, [`word`] cuts a text into words, [`sentence`] says where
//! sentences and paragraphs end, [`morphology`] knows what a word may wear, [`lexicon`] what cannot be
//! told from its letters, [`key`] under which words an archive finds it, [`html`] turns markup into text. Words keep the place
//! where they stood in the original, in code points, so that whatever is found can be shown.
//! Nothing here decides what a rule means, and nothing here can fail.

pub mod fold;
pub mod html;
pub mod key;
pub mod lexicon;
pub mod morphology;
pub mod sentence;
pub(crate) mod table;
pub mod word;
