namespace ClamProxy.Rewriting;

/// <summary>Where a step through a JSON document ended.</summary>
internal enum JsonStep
{
    /// <summary>Anywhere else.</summary>
    Inside = 0,

    /// <summary>Behind the last quote of a value.</summary>
    EndOfValue,

    /// <summary>Behind an object.</summary>
    EndOfObject,
}
