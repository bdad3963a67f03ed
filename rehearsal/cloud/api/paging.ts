import { invalid } from "./errors";

interface PageRequest {
    pageNumber?: number;
    pageSize?: number;
    nextToken?: string;
    maxResults?: number;
}

/** The largest page that any of the actions gives. */
const pageLimit = 100;

/**
 * One page of a list, by `PageNumber` and `PageSize` or by `MaxResults` and `NextToken`.
 *
 * @returns the items, and the paging fields to answer with; `next.nextToken` is empty on the last page
 */
export function page<T>(items: T[], request: PageRequest) {
    const byToken = request.maxResults !== undefined || !!request.nextToken;
    const size = Math.min((byToken ? request.maxResults : request.pageSize) ?? 10, pageLimit);
    if (!(size >= 1)) throw invalid(byToken ? "MaxResults" : "PageSize", size, `it must be 1 to ${pageLimit}`);
    const number = request.pageNumber ?? 1;
    if (!byToken && number < 1) throw invalid("PageNumber", number, "pages are counted from 1");
    const start = byToken ? position(request.nextToken) : (number - 1) * size;
    const end = start + size;
    return {
        items: items.slice(start, end),
        counts: { pageNumber: number, pageSize: size, totalCount: items.length },
        next: { nextToken: byToken && end < items.length ? Buffer.from(`at ${end}`).toString("base64url") : "" },
    };
}

function position(token: string | undefined): number {
    if (!token) return 0;
    const match = /^at (\d+)$/.exec(Buffer.from(token, "base64url").toString());
    if (!match) throw invalid("NextToken", token, "it must be one that the previous page gave");
    return Number(match[1]);
}
