namespace ClamProxy.Core.Objects.S3;

/// <summary>One part of an object.</summary>
/// <param name="Number">From 1 on.</param>
/// <param name="Start">Its first byte's offset.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct S3Part(int Number, long Start, long Length);
