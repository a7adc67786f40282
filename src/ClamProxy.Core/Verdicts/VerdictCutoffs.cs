using System.Globalization;

namespace ClamProxy.Core.Verdicts;

/// <summary>
/// From when on verdicts and stored answers count (decision 0057): an operator, or signatures that changed without a number, ends the life
/// of what is known at once. Times only grow, so that processes which exchange them agree in the end. Nothing here waits.
/// </summary>
public sealed class VerdictCutoffs(VerdictOptions options, TimeProvider clock)
{
    /// <summary>Times are whole ones of these, rounded up: what began until an end of life is from before it.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    /// <summary>What another machine's clock may be ahead by. Times further in the future are not believed.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private CutoffTimes _times = CutoffTimes.None;

    // Most processes never forget a prefix: then no URL is hashed more than once.
    private volatile bool _hasPrefixes;

    /// <summary>Verdicts whose scan began before this are to be given again.</summary>
    public DateTimeOffset Rescan => Times.Rescan;

    /// <summary>What was stored before this does not exist.</summary>
    public DateTimeOffset Forget => Times.Forget;

    private CutoffTimes Times => Volatile.Read(ref _times);

    /// <summary>Whether a verdict does not exist any more.</summary>
    public bool IsForgotten(ContentRecord verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        var times = Times;
        return verdict.ScannedAt < times.Forget
            || (times.Names.Count > 0
                && times.Names.TryGetValue(CutoffNames.OfContent(verdict.Sha256), out var at)
                && verdict.ScannedAt < at);
    }

    /// <summary>Whether signatures may have changed since a verdict's scan began.</summary>
    public bool IsOutdated(ContentRecord verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return verdict.Verdict != Verdict.Infected && verdict.ScannedAt < Times.Rescan;
    }

    /// <summary>When an URL was last forgotten; null: it was not.</summary>
    /// <param name="target">The absolute URL.</param>
    public DateTimeOffset? ForgottenAt(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (Times.Names is not { Count: > 0 } names)
        {
            return null;
        }

        DateTimeOffset? latest = names.TryGetValue(CutoffNames.OfUrl(target), out var ofUrl) ? ofUrl : null;
        foreach (var prefix in _hasPrefixes ? PrefixesOf(target) : [])
        {
            if (names.TryGetValue(CutoffNames.OfPrefix(prefix), out var at) && !(at <= latest))
            {
                latest = at;
            }
        }

        return latest;
    }

    /// <summary>From now on every content is scanned again before it is delivered.</summary>
    public void RescanAll() => Raise(CutoffNames.Rescan, clock.GetUtcNow());

    /// <summary>From now on nothing is known or stored.</summary>
    public void ForgetAll() => Raise(CutoffNames.Forget, clock.GetUtcNow());

    /// <summary>The answers that an URL had until now are downloaded again.</summary>
    /// <returns>False: as many URLs and contents as MaxForgotten allows are forgotten already.</returns>
    public bool TryForgetUrl(string target) => TryForget(CutoffNames.OfUrl(target));

    /// <summary>The same for all URLs that begin so.</summary>
    /// <param name="prefix">Ends with a slash behind the host or behind a part of the path.</param>
    /// <inheritdoc cref="TryForgetUrl"/>
    public bool TryForgetPrefix(string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        return PrefixesOf(prefix).Contains(prefix, StringComparer.Ordinal)
            ? TryForget(CutoffNames.OfPrefix(prefix))
            : throw new ArgumentException("A prefix ends with a slash.", nameof(prefix));
    }

    /// <summary>The verdicts that a content had until now do not count.</summary>
    /// <inheritdoc cref="TryForgetUrl"/>
    public bool TryForgetContent(string sha256) => TryForget(CutoffNames.OfContent(ContentKey.For(sha256).Sha256));

    /// <summary>Whether this is what was last noted of a mark, by whichever process.</summary>
    public bool IsNoted(SignatureMark mark, string text)
    {
        var noted = Times.Names.Where(name => CutoffNames.IsOf(mark, name.Key)).ToList();
        return noted.Count > 0 && noted.MaxBy(name => name.Value).Key == CutoffNames.OfMark(mark, text);
    }

    /// <summary>Notes what a mark is from now on.</summary>
    public void Note(SignatureMark mark, string text) => Raise(CutoffNames.OfMark(mark, text), clock.GetUtcNow());

    /// <summary>All of it as names and texts, for others.</summary>
    internal IReadOnlyDictionary<string, string> All() =>
        Times.All().ToDictionary(one => one.Key, one => one.Value.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>Takes the later times that others know.</summary>
    /// <returns>What the others lack.</returns>
    internal IReadOnlyDictionary<string, string> Merge(IReadOnlyDictionary<string, string> theirs)
    {
        foreach (var (name, text) in theirs.Where(one => CutoffNames.IsValid(one.Key)))
        {
            if (TimeOf(text) is { } at)
            {
                Raise(name, at);
            }
        }

        return Times.All()
            .Where(own => !theirs.TryGetValue(own.Key, out var text) || TimeOf(text) is not { } at || at < own.Value)
            .ToDictionary(own => own.Key, own => own.Value.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
    }

    private static DateTimeOffset? TimeOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && at <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(at)
            : null;

    /// <summary>All beginnings of a URL up to a slash of its path, the shortest first.</summary>
    private static IEnumerable<string> PrefixesOf(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var end = query < 0 ? target.Length : query;
        var host = target.IndexOf("://", StringComparison.Ordinal) + 3;
        for (var slash = target.IndexOf('/', host); slash >= 0 && slash < end; slash = target.IndexOf('/', slash + 1))
        {
            yield return target[..(slash + 1)];
        }
    }

    private bool TryForget(string name)
    {
        var now = clock.GetUtcNow();
        var times = Times.Bounded(now - options.ForgottenFor, int.MaxValue);
        if (!times.Names.ContainsKey(name) && times.Names.Count >= options.MaxForgotten)
        {
            return false;
        }

        Raise(name, now);
        return true;
    }

    private void Raise(string name, DateTimeOffset at)
    {
        // Whole ones: what comes back from others is what went there.
        var begun = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
        at = begun < at ? begun + Step : begun;
        var now = clock.GetUtcNow();
        if (at > now + Skew)
        {
            return;
        }

        lock (_gate)
        {
            _hasPrefixes |= CutoffNames.IsOfPrefix(name);
            Volatile.Write(ref _times, _times.With(name, at).Bounded(now - options.ForgottenFor, options.MaxForgotten));
        }
    }
}
