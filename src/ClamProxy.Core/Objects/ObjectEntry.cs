namespace ClamProxy.Core.Objects;

/// <summary>One content of an object store.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="PutAt">When it was put there.</param>
internal readonly record struct ObjectEntry(string Key, long Size, DateTimeOffset PutAt);
