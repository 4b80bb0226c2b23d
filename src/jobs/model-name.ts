/** The longest name of a detection model, in characters. */
export const MAX_MODEL_NAME = 64;

/** What a detection model may be called: it is the name of its folder, so no name can lead out of the models' folder. */
export const MODEL_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** The same rule in words, as the end of a sentence. */
export const MODEL_NAME_RULE =
  'must have 1 to 64 of the characters a-z, 0-9, ".", "_" and "-", the first one a letter or digit';
