import { formatDateTime, type Photo } from '@baxing/ui';
import { m } from '#lib/paraglide/messages.js';
import { paths } from '#lib/paths.ts';
import type { AssignmentDetail } from './types.ts';

/** The evidence of one progress report, for the strip and the lightbox. */
export const reportPhotos = (report: AssignmentDetail['reports'][number]): Photo[] =>
  report.fileIds.map((fileId) => ({ id: fileId, thumbnail: paths.thumbnail(fileId), full: paths.file(fileId), caption: m.assign_report_caption({ at: formatDateTime(report.at) }), note: report.note || undefined }));
