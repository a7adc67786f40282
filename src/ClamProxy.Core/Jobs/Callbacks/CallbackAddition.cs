namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>What became of a callback that was to be added.</summary>
internal enum CallbackAddition
{
    /// <summary>The job has as many as it may have.</summary>
    Full = 0,

    /// <summary>It is new, or takes the place of one to the same URL that is over.</summary>
    Added,

    /// <summary>One to the same URL is not over yet, and stays.</summary>
    Known,
}
