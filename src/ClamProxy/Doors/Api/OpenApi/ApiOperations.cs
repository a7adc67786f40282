using ClamProxy.Access;
using ClamProxy.Core.Jobs;
using ClamProxy.Doors.Api.Monitoring;
using Microsoft.OpenApi;

namespace ClamProxy.Doors.Api.OpenApi;

/// <summary>What the document says of each endpoint.</summary>
internal static class ApiOperations
{
    private const string TooLarge = "A file is larger than MAX_FILE_SIZE.";
    private const string BadForm = "The request is not what is taken here; detail says what is.";
    private const string Slow = "The body came too slowly, or stopped.";
    private const string Unknown = "There is nothing by this name, or it was removed after RESULT_TTL.";

    public static readonly ApiOperation Heartbeat = new("heartbeat", "Is the API there?")
    {
        Answers = [new(StatusCodes.Status204NoContent, "It is.")],
    };

    public static readonly ApiOperation Scan = new("scan", "Scan a file and wait for the verdict")
    {
        Details = "The file is the body, or in a form's field file. Nothing of it is kept but its verdict.",
        Right = ApiRights.Scan,
        Takes = [ApiContent.FormWithFile, ApiContent.Raw],
        Answers = [new(StatusCodes.Status200OK, "The verdict, whatever it is.", typeof(ScanVerdictAnswer))],
        Problems = new Dictionary<int, string> { [400] = BadForm, [408] = Slow, [413] = TooLarge },
    };

    public static readonly ApiOperation ScanUrl = new("scanUrl", "Scan the file behind a URL")
    {
        Details = "A worker fetches it by the rules of the proxy; ask for the result later.",
        Right = ApiRights.Scan,
        Json = typeof(ScanUrlBody),
        Answers = [Accepted],
        Problems = new Dictionary<int, string>
        {
            [400] = BadForm,
            [403] = "The URL leads where ClamProxy may not go; or the credentials do not have the right.",
        },
    };

    public static readonly ApiOperation Upload = new("upload", "Upload files to be scanned")
    {
        Details = "Each file becomes a job; ask for its result later.",
        Right = ApiRights.Scan,
        Takes = [ApiContent.FormWithFiles],
        Answers = [Accepted with { MayBeSeveral = true }],
        Problems = new Dictionary<int, string> { [400] = BadForm, [408] = Slow, [413] = TooLarge },
    };

    public static readonly ApiOperation Result = new("result", "What became of a job")
    {
        Details = "With Accept: text/event-stream the answer is a stream of server-sent events named result, each with the job as JSON: "
            + "the first at once, the last with the outcome. The event gone says that the job was removed meanwhile.",
        Right = ApiRights.Read,
        Parameters =
        [
            Id,
            new("wait", ParameterLocation.Query, "How long the answer waits for the outcome, at most.", "30s"),
        ],
        Answers =
        [
            new(StatusCodes.Status200OK, "The job; its status is PENDING while there is no outcome.", typeof(JobAnswer))
            {
                Others = ["text/event-stream"],
            },
        ],
        Problems = new Dictionary<int, string> { [400] = "wait is no time.", [404] = Unknown },
    };

    public static readonly ApiOperation Results = new("results", "The jobs, the newest first")
    {
        Right = ApiRights.Read,
        Parameters =
        [
            new("status", ParameterLocation.Query, "Only those with this status.")
            {
                Values = ["PENDING", "CLEAN", "INFECTED", "UNSCANNABLE", "ERROR"],
            },
            new("sha256", ParameterLocation.Query, "Only those of this content: 64 hexadecimal digits."),
            new("since", ParameterLocation.Query, "Only those that were accepted at this time or later.", "2026-11-29T12:00:00Z"),
            new("cursor", ParameterLocation.Query, "What the page before gave as next."),
        ],
        Answers = [new(StatusCodes.Status200OK, "A page.", typeof(JobPageAnswer))],
        Problems = new Dictionary<int, string> { [400] = "A parameter is not what it takes; detail says which." },
    };

    public static readonly ApiOperation Download = new("download", "Fetch a file that is clean")
    {
        Details = "Ranges (one of them) and conditions on ETag are honoured.",
        Right = ApiRights.Read,
        Parameters =
        [
            Id,
            new("force", ParameterLocation.Query, "true: also a file that is not clean. Needs the right force, and is logged.")
            {
                Values = ["true", "false"],
            },
        ],
        Answers =
        [
            File(StatusCodes.Status200OK, "The file."),
            File(StatusCodes.Status206PartialContent, "The part that Range names."),
            new(StatusCodes.Status304NotModified, "The client has it already (If-None-Match)."),
        ],
        Problems = new Dictionary<int, string>
        {
            [404] = Unknown,
            [409] = "The file is infected, or was not scanned as a whole.",
            [412] = "It is not the file that If-Match names.",
            [416] = "The file ends before the range begins.",
            [425] = "There is no verdict yet; come back after Retry-After.",
        },
    };

    public static readonly ApiOperation Delete = new("deleteFile", "Remove a file and its result")
    {
        Right = ApiRights.Delete,
        Parameters = [Id],
        Answers = [new(StatusCodes.Status204NoContent, "Both are gone.")],
        Problems = new Dictionary<int, string> { [404] = Unknown },
    };

    public static readonly ApiOperation Verdict = new("verdict", "The verdict of an earlier scan of a content")
    {
        Right = ApiRights.Read,
        Parameters = [new("sha256", ParameterLocation.Path, "The content's SHA-256: 64 hexadecimal digits.")],
        Answers = [new(StatusCodes.Status200OK, "The verdict.", typeof(ScanVerdictAnswer))],
        Problems = new Dictionary<int, string>
        {
            [400] = "That is no SHA-256.",
            [404] = "No verdict is known of this content.",
        },
    };

    public static readonly ApiOperation Monitor = new("monitor", "The scanners, and what they found so far")
    {
        Right = ApiRights.Read,
        Answers = [new(StatusCodes.Status200OK, "Of this process, since its start.", typeof(MonitorAnswer))],
    };

    public static readonly ApiOperation Subscribe = new("subscribe", "Have a URL told the outcome of a job")
    {
        Details = "It is told by a POST that is signed as Standard Webhooks describes; at once if there is an outcome already.",
        Right = ApiRights.Read,
        Json = typeof(WebhookBody),
        Answers = [new(StatusCodes.Status200OK, "It will be told.", typeof(WebhookAnswer))],
        Problems = new Dictionary<int, string>
        {
            [400] = "The URL may not be told, or callbacks are off; detail says why.",
            [404] = Unknown,
        },
    };

    public static readonly ApiOperation Unsubscribe = new("unsubscribe", "Have a URL told no more")
    {
        Right = ApiRights.Read,
        Json = typeof(WebhookBody),
        Answers = [new(StatusCodes.Status200OK, "It is not told any more.", typeof(WebhookAnswer))],
        Problems = new Dictionary<int, string> { [400] = BadForm, [404] = Unknown },
    };

    public static readonly ApiOperation Webhooks = new("webhooks", "How far a job's callbacks are")
    {
        Right = ApiRights.Read,
        Parameters = [Id],
        Answers = [new(StatusCodes.Status200OK, "All of them, those that are over included.", typeof(WebhookListAnswer))],
        Problems = new Dictionary<int, string> { [404] = Unknown },
    };

    private static ApiAnswer Accepted => new(StatusCodes.Status202Accepted, "It is a job now.", typeof(JobAnswer))
    {
        Fields = [("Location", "Where its result will be.")],
    };

    private static ApiParameter Id => new("id", ParameterLocation.Path, "The job's id.");

    private static ApiAnswer File(int status, string meaning) => new(status, meaning)
    {
        Others = ["application/octet-stream"],
        Fields = [("ETag", "The content's SHA-256."), ("Content-Disposition", "attachment, with the file's name.")],
    };
}
