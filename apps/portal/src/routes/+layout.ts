/** The portal is drawn in the browser: the server hands out files and answers the API. */
export const ssr = false;
