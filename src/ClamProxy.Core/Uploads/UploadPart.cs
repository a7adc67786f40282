namespace ClamProxy.Core.Uploads;

/// <summary>Where a file is in a request's body.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Bytes as they stand there.</param>
/// <param name="IsJsonString">They are what stands between the quotes of a JSON string: the file in base64.</param>
internal readonly record struct UploadPart(long Start, long Length, bool IsJsonString = false);
