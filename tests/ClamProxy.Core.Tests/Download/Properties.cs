using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace ClamProxy.Core.Tests.Download;

/// <summary>Checks a property with cases that are the same at each run.</summary>
internal static class Properties
{
    private const int Cases = 5000;
    private static readonly Replay Seed = new(new Rnd(2026, 1), FSharpOption<int>.None);

    public static void Holds<T>(Gen<T> cases, Action<T> assertion) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Cases).WithReplay(FSharpOption<Replay>.Some(Seed)),
            Prop.ForAll(cases.ToArbitrary(), assertion));
}
