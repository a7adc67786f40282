using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Policies;

/// <summary>
/// What is refused whatever a scanner says of it. The file is checked before each answer, so that a new entry counts at once.
/// </summary>
public sealed class Blocks
{
    private readonly RuleBook<Block, BlockValue> _book;
    private readonly TimeProvider _clock;

    public Blocks(PolicyOptions options, TimeProvider clock, ILogger<Blocks> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _clock = clock;
        _book = new RuleBook<Block, BlockValue>(
            options,
            options.BlocksFile,
            "blocks.json",
            RuleList.Blocks,
            path => new RuleFile<Block>(
                path,
                RuleList.Blocks,
                list => logger.BlocksRead(path, list.Count(block => IsInForce(block, clock.GetUtcNow())), list.Count),
                (problem, kept) => logger.BlocksWrong(path, problem, kept)),
            RuleJson.Default.ListBlockValue,
            BlockValue.Of,
            clock);
        _ = _book.Placed();
    }

    /// <summary>All blocks, those that have ended included.</summary>
    public IReadOnlyList<PlacedRule<Block>> All() => _book.Placed();

    /// <summary>Adds a block, which counts from the next answer on and outlives the process.</summary>
    public Task<RuleChange<Block>> AddAsync(Block block, CancellationToken cancellationToken) => _book.AddAsync(block, cancellationToken);

    /// <summary>Removes a block that was added.</summary>
    public Task<RuleChange<Block>> RemoveAsync(string id, CancellationToken cancellationToken) =>
        _book.RemoveAsync(id, cancellationToken);

    /// <summary>From now on the operator's file is the one of these options.</summary>
    public void Use(PolicyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _book.UseOwnFile(options.BlocksFile);
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
        return _book.Current.FirstOrDefault(block => IsInForce(block, now) && covers(block)) is { } found
            ? new ContentRecord(sha256, Verdict.Unscannable, null, UnscannableReason.Blocked, found.Reason, null, null, null, now)
            : null;
    }
}
