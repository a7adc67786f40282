using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization.Metadata;

namespace ClamProxy.Core.Policies;

/// <summary>
/// The exceptions, or the blocks: those of the operator's own file, which is only read, and those that were added while a process ran.
/// </summary>
internal sealed class RuleBook<TRule, TValue>
    where TRule : class, IRule
{
    private const int IdDigits = 16;

    private readonly PolicyOptions _options;
    private readonly TimeProvider _clock;
    private readonly Func<string, RuleFile<TRule>> _open;
    private readonly AddedRules<TRule, TValue> _adding;
    private readonly string _addedPath;
    private readonly RuleFile<TRule> _added;
    private volatile OwnFile _own;

    /// <param name="ownPath">The operator's file; empty: none.</param>
    /// <param name="addedName">The name of the other file, in the folder of the options.</param>
    /// <param name="open">Begins to read a file.</param>
    public RuleBook(
        PolicyOptions options,
        string ownPath,
        string addedName,
        Func<string, IReadOnlyList<TRule>> read,
        Func<string, RuleFile<TRule>> open,
        JsonTypeInfo<List<TValue>> type,
        Func<TRule, TValue> toValue,
        TimeProvider clock)
    {
        (_options, _clock, _open) = (options, clock, open);
        _own = new OwnFile(ownPath, open(ownPath));
        _addedPath = options.AddedFolder.Length == 0 ? "" : Path.Combine(options.AddedFolder, addedName);
        _added = open(_addedPath);
        _adding = new AddedRules<TRule, TValue>(_addedPath, read, type, toValue, clock);
    }

    /// <summary>All of them, whether they have ended or not.</summary>
    public IEnumerable<TRule> Current => _own.File.Current().Concat(_added.Current());

    /// <summary>All of them with their places.</summary>
    public IReadOnlyList<PlacedRule<TRule>> Placed() =>
    [
        .. _own.File.Current().Select((rule, index) => Place(rule, _own.Path, index, isAdded: false)),
        .. _added.Current().Select((rule, index) => Place(rule, _addedPath, index, isAdded: true)),
    ];

    /// <summary>From now on the operator's file is another one.</summary>
    public void UseOwnFile(string path)
    {
        if (path != _own.Path)
        {
            _own = new OwnFile(path, _open(path));
        }
    }

    /// <summary>Adds a rule. One that was added before about the same is replaced, and those that have ended are left out.</summary>
    public async Task<RuleChange<TRule>> AddAsync(TRule rule, CancellationToken cancellationToken)
    {
        if (rule.Problem() is { } problem)
        {
            return new(RuleOutcome.Invalid, problem, null);
        }

        if (rule.Subject.Length > Waivers.MostCharacters)
        {
            return new(RuleOutcome.Invalid, $"is about something with more than {Waivers.MostCharacters} characters", null);
        }

        var now = _clock.GetUtcNow();
        if (rule.End <= now)
        {
            return new(RuleOutcome.Invalid, "ends in the past", null);
        }

        if (!_adding.IsOn)
        {
            return NoFolder();
        }

        var isTooMany = false;
        var failure = await _adding.ChangeAsync(
            rules =>
            {
                List<TRule> kept = [.. rules.Where(other => other.Subject != rule.Subject && !(other.End <= now))];
                isTooMany = kept.Count >= _options.MaxAddedRules;
                return isTooMany ? null : [.. kept, rule];
            },
            cancellationToken).ConfigureAwait(false);
        return failure is not null ? new(RuleOutcome.Failed, failure, null)
            : isTooMany ? new(RuleOutcome.TooMany, $"{_options.MaxAddedRules} were added already (MaxAddedRules)", null)
            : new(RuleOutcome.Done, "", Placed().LastOrDefault(placed => placed.IsAdded && placed.Rule.Subject == rule.Subject));
    }

    /// <summary>Removes a rule that was added.</summary>
    public async Task<RuleChange<TRule>> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var known = Placed().Where(placed => placed.Id == id).ToList();
        if (known.Find(placed => placed.IsAdded) is not { } added)
        {
            return known is [var own, ..]
                ? new(RuleOutcome.InOwnFile, $"it stands in {own.File}, entry {own.Entry}: remove it there", own)
                : new(RuleOutcome.NotFound, "there is none of this id", null);
        }

        var failure = await _adding.ChangeAsync(
            rules => [.. rules.Where(rule => rule.Subject != added.Rule.Subject)], cancellationToken).ConfigureAwait(false);
        return failure is null ? new(RuleOutcome.Done, "", added) : new(RuleOutcome.Failed, failure, added);
    }

    private static RuleChange<TRule> NoFolder() => new(
        RuleOutcome.NoFolder, "there is no folder for rules that are added: set RULES_PATH, or DATA_PATH", null);

    private static PlacedRule<TRule> Place(TRule rule, string path, int index, bool isAdded) => new(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rule.Subject)))[..IdDigits], rule, path, index + 1, isAdded);

    private sealed record OwnFile(string Path, RuleFile<TRule> File);
}
