export { type BlobKey, type BlobStore, type BlobVariant, localBlobStore, type OpenBlob, type Staged } from './blob-store.ts';
export { type FileDeps, handleHave, handleRead, handleUpload } from './handle-files.ts';
export { type CarriesFile, type ReadablePhoto, readPhoto } from './read-photo.ts';
export { findOwnPhoto, storePhoto } from './store-photo.ts';
export { sweepBlobs } from './sweep-blobs.ts';
