using ClamProxy.Core.Policies;

namespace ClamProxy.Admin.Rules;

/// <summary>Exceptions (waivers) and blocks: those of the operator's files are listed, others are added and removed.</summary>
internal sealed class RuleOperations(Waivers waivers, Blocks blocks, TimeProvider clock)
{
    private static readonly Dictionary<int, string> AddProblems = new()
    {
        [400] = "It is no rule that a file may have; detail says what is wrong.",
        [409] = "There is no folder for added rules (RULES_PATH, DATA_PATH), or as many were added as MaxAddedRules allows.",
    };

    private static readonly Dictionary<int, string> RemoveProblems = new()
    {
        [404] = "There is none of this id.",
        [409] = "It stands in the operator's own file; detail says where.",
    };

    public IEnumerable<AdminOperation> All() =>
    [
        new(
            "listWaivers", "GET", "/waivers", "All exceptions, and where they stand", AdminJson.Default.RuleListAnswer,
            (_, _) => Task.FromResult(List(waivers.All().Select(placed => RuleAnswer.Of(placed, Now))))),
        new(
            "addWaiver", "POST", "/waivers", "Deliver something in spite of its verdict, until a time; that outlives restarts",
            AdminJson.Default.RuleAnswer, AddWaiverAsync)
        {
            Body = AdminJson.Default.WaiverBody,
            Sample = """{"signature": "Win.Test.EICAR_HDB-1", "reason": "false alarm, ticket 17", "until": "1d", "owner": "ada"}""",
            Problems = AddProblems,
        },
        new(
            "removeWaiver", "DELETE", "/waivers/{id}", "Remove an exception that was added", AdminJson.Default.RuleAnswer,
            RemoveWaiverAsync)
        {
            Problems = RemoveProblems,
        },
        new(
            "listBlocks", "GET", "/blocks", "All blocks, and where they stand", AdminJson.Default.RuleListAnswer,
            (_, _) => Task.FromResult(List(blocks.All().Select(placed => RuleAnswer.Of(placed, Now))))),
        new(
            "addBlock", "POST", "/blocks", "Refuse something whatever a scanner says of it; that outlives restarts",
            AdminJson.Default.RuleAnswer, AddBlockAsync)
        {
            Body = AdminJson.Default.BlockBody,
            Sample = """{"package": "requests", "version": "2.0.0", "reason": "CVE-2027-1", "until": "30d"}""",
            Problems = AddProblems,
        },
        new("removeBlock", "DELETE", "/blocks/{id}", "Remove a block that was added", AdminJson.Default.RuleAnswer, RemoveBlockAsync)
        {
            Problems = RemoveProblems,
        },
    ];

    private DateTimeOffset Now => clock.GetUtcNow();

    private static AdminAnswer List(IEnumerable<RuleAnswer> rules) =>
        AdminAnswer.Of(new RuleListAnswer([.. rules]), AdminJson.Default.RuleListAnswer);

    private async Task<AdminAnswer> AddWaiverAsync(AdminRequest request, CancellationToken cancelled)
    {
        var body = (WaiverBody)request.Body!;
        if (body.Until is null || RuleEnd.Parse(body.Until, Now) is not { } end)
        {
            return AdminAnswer.Wrong($"An exception needs an end. {RuleEnd.Takes}");
        }

        var waiver = new Waiver(
            body.Sha256?.ToLowerInvariant(), body.Signature, body.Target, body.Owner ?? request.Who ?? "", body.Reason ?? "", end);
        if (Wrong(waiver.Target, [waiver.Owner, waiver.Reason]) is { } problem)
        {
            return problem;
        }

        request.Target = waiver.Subject;
        return Told(await waivers.AddAsync(waiver, cancelled), "The exception", placed => RuleAnswer.Of(placed, Now));
    }

    private async Task<AdminAnswer> RemoveWaiverAsync(AdminRequest request, CancellationToken cancelled)
    {
        var change = await waivers.RemoveAsync(request.Id!, cancelled);
        request.Target = change.Rule?.Rule.Subject ?? "unknown";
        return Told(change, "The exception", placed => RuleAnswer.Of(placed, Now));
    }

    private async Task<AdminAnswer> AddBlockAsync(AdminRequest request, CancellationToken cancelled)
    {
        var body = (BlockBody)request.Body!;
        var end = body.Until is null ? null : RuleEnd.Parse(body.Until, Now);
        if (body.Until is not null && end is null)
        {
            return AdminAnswer.Wrong($"The block's end is wrong. {RuleEnd.Takes}");
        }

        var block = new Block(body.Sha256?.ToLowerInvariant(), body.Target, body.Package, body.Version, body.Reason ?? "", end);
        if (Wrong(block.Target, [block.Reason]) is { } problem)
        {
            return problem;
        }

        request.Target = block.Subject;
        return Told(await blocks.AddAsync(block, cancelled), "The block", placed => RuleAnswer.Of(placed, Now));
    }

    private async Task<AdminAnswer> RemoveBlockAsync(AdminRequest request, CancellationToken cancelled)
    {
        var change = await blocks.RemoveAsync(request.Id!, cancelled);
        request.Target = change.Rule?.Rule.Subject ?? "unknown";
        return Told(change, "The block", placed => RuleAnswer.Of(placed, Now));
    }

    /// <summary>What no file's reader looks at: a password would get into logs, and long texts into every list.</summary>
    private static AdminAnswer? Wrong(string? target, IEnumerable<string> texts)
    {
        var host = target?.IndexOf("://", StringComparison.Ordinal) + 3 ?? 0;
        return target?[host..].Split('/')[0].Contains('@', StringComparison.Ordinal) == true
            ? AdminAnswer.Wrong("A target has no user-info: upstreams are never asked with one.")
            : texts.Any(text => text.Length > Waivers.MostCharacters)
                ? AdminAnswer.Wrong($"An owner or a reason has at most {Waivers.MostCharacters} characters.")
                : null;
    }

    private static AdminAnswer Told<TRule>(RuleChange<TRule> change, string what, Func<PlacedRule<TRule>, RuleAnswer> answer)
        where TRule : class => change.Outcome switch
        {
            RuleOutcome.Done when change.Rule is { } placed => AdminAnswer.Of(answer(placed), AdminJson.Default.RuleAnswer),
            RuleOutcome.Done or RuleOutcome.Failed or RuleOutcome.None =>
                AdminAnswer.Failed($"{what} could not be kept or removed: {change.Detail}."),
            RuleOutcome.Invalid => AdminAnswer.Wrong($"{what} {change.Detail}."),
            RuleOutcome.NotFound => AdminAnswer.NotFound($"{what}: {change.Detail}."),
            RuleOutcome.InOwnFile or RuleOutcome.TooMany or RuleOutcome.NoFolder => AdminAnswer.Conflict($"{what}: {change.Detail}."),
        };
}
