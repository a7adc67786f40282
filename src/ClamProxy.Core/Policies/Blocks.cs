using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Policies;

/// <summary>
/// What is refused whatever a scanner says of it. The file is checked before each answer, so that a new entry counts at once.
/// </summary>
public sealed class Blocks
{
    private readonly RuleFile<Block> _file;
    private readonly TimeProvider _clock;

    public Blocks(PolicyOptions options, TimeProvider clock, ILogger<Blocks> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _clock = clock;
        var path = options.BlocksFile;
        _file = new RuleFile<Block>(
            path,
            RuleList.Blocks,
            list => logger.BlocksRead(path, list.Count(block => IsInForce(block, clock.GetUtcNow())), list.Count),
            (problem, kept) => logger.BlocksWrong(path, problem, kept));
        _ = _file.Current();
    }

    /// <summary>The refusal of an URL, whatever it leads to; null: it may be asked for.</summary>
    public ContentRecord? RefusalOfUrl(string url) => Refusal("", block => block.CoversUrl(url));

    /// <summary>The refusal of a content; null: it may be delivered.</summary>
    /// <param name="source">The URL that it comes from, or another name of it.</param>
    public ContentRecord? RefusalOf(string source, string sha256) =>
        Refusal(sha256, block => block.CoversContent(sha256) || block.CoversUrl(source));

    private static bool IsInForce(Block block, DateTimeOffset now) => block.Expires is not { } end || now < end;

    private ContentRecord? Refusal(string sha256, Func<Block, bool> covers)
    {
        var now = _clock.GetUtcNow();
        return _file.Current().FirstOrDefault(block => IsInForce(block, now) && covers(block)) is { } found
            ? new ContentRecord(sha256, Verdict.Unscannable, null, UnscannableReason.Blocked, found.Reason, null, null, null, now)
            : null;
    }
}
