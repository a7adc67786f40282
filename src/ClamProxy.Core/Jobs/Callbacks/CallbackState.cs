namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>How far a callback is.</summary>
public enum CallbackState
{
    /// <summary>Its job has not ended.</summary>
    Waiting = 0,

    /// <summary>It is sent as soon as it is due, the first time or again.</summary>
    Due,

    /// <summary>Its receiver has taken it.</summary>
    Delivered,

    /// <summary>It was given up: tried as often as it may be, or its target is forbidden.</summary>
    Dead,

    /// <summary>Its receiver has ended it (410).</summary>
    Gone,
}
