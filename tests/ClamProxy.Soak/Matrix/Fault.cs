using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Matrix;

/// <summary>How one component is made to fail and to work again, and what has to hold meanwhile beyond what always has to.</summary>
/// <param name="Begin">Makes it fail.</param>
/// <param name="End">Makes it work again.</param>
internal sealed record Fault(Func<World, Task> Begin, Func<World, Task> End)
{
    /// <summary>Why this component cannot fail like this; null: it can.</summary>
    public string? WhyNot { get; private init; }

    /// <summary>Whether it begins while every download is half here, and not before the first request.</summary>
    public bool IsMidway { get; init; }

    /// <summary>Whether the full matrix has it begin at the other moment as well.</summary>
    public bool CanFlip { get; init; } = true;

    /// <summary>When it ends; null: when every request is answered, so that ClamProxy's own time-outs have to do it.</summary>
    public TimeSpan? EndsAfter { get; init; }

    /// <summary>Requests that must not notice.</summary>
    public Func<Mode, bool> MustBeRight { get; init; } = _ => false;

    /// <summary>How metrics say so, given those of before and of meanwhile; null: there is nothing to say.</summary>
    public Func<Metrics, Metrics, bool>? Sign { get; init; }

    public static Fault None(string why) => new(_ => Task.CompletedTask, _ => Task.CompletedTask) { WhyNot = why };
}
