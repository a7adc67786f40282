using System.Collections.Immutable;

namespace ClamProxy.Core.Verdicts;

/// <summary>From when on verdicts count, as known at one moment. Whatever is known later has the same times or later ones.</summary>
/// <param name="Rescan">Contents whose scan began before this are to be scanned again; infected ones stay infected.</param>
/// <param name="Forget">Verdicts and stored answers of before do not exist.</param>
/// <param name="Names">Times of one URL, content or mark: <see cref="CutoffNames"/>.</param>
internal sealed record CutoffTimes(DateTimeOffset Rescan, DateTimeOffset Forget, ImmutableDictionary<string, DateTimeOffset> Names)
{
    public static CutoffTimes None { get; } =
        new(DateTimeOffset.MinValue, DateTimeOffset.MinValue, ImmutableDictionary<string, DateTimeOffset>.Empty);

    /// <summary>These, and one name's time where it is later.</summary>
    public CutoffTimes With(string name, DateTimeOffset at) => name switch
    {
        CutoffNames.Rescan => this with { Rescan = Later(Rescan, at) },
        CutoffNames.Forget => this with { Forget = Later(Forget, at), Rescan = Later(Rescan, at) },
        _ => this with { Names = Names.SetItem(name, Later(Names.GetValueOrDefault(name), at)) },
    };

    /// <summary>These without the names of before a time, and with so many names at most, the latest.</summary>
    public CutoffTimes Bounded(DateTimeOffset since, int most)
    {
        var names = Names.RemoveRange(Names.Where(name => name.Value < since).Select(name => name.Key));
        return this with
        {
            Names = names.Count <= most ? names : names.OrderByDescending(name => name.Value).Take(most).ToImmutableDictionary(),
        };
    }

    /// <summary>All of them by their names.</summary>
    public IEnumerable<KeyValuePair<string, DateTimeOffset>> All() =>
        Names.Add(CutoffNames.Rescan, Rescan).Add(CutoffNames.Forget, Forget).Where(one => one.Value > DateTimeOffset.MinValue);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
