/** An error as the object storage's clients know it. */
export class OssError extends Error {
    /**
     * @param code for example `NoSuchKey`
     * @param status of the HTTP answer
     */
    constructor(
        readonly code: string,
        message: string,
        readonly status: number,
    ) {
        super(message);
    }
}

export const noSuchBucket = () => new OssError("NoSuchBucket", "The specified bucket does not exist.", 404);
export const noSuchKey = () => new OssError("NoSuchKey", "The specified key does not exist.", 404);
export const noSuchUpload = () =>
    new OssError("NoSuchUpload", "The specified upload does not exist; it may have been aborted or completed.", 404);
export const notImplemented = (what: string) =>
    new OssError("NotImplemented", `This region's object storage does not do this: ${what}.`, 501);
export const invalidArgument = (message: string) => new OssError("InvalidArgument", message, 400);
