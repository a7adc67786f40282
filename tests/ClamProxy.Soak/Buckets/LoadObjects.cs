using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using ClamProxy.Soak.Jobs;

namespace ClamProxy.Soak.Buckets;

/// <summary>The objects of a load run: each of the same size and other bytes, every fiftieth small one infected.</summary>
internal sealed class LoadObjects(AmazonS3Client client, string bucket, int size)
{
    private const int InfectedEvery = 50;
    private const int Part = 64 << 20;
    private readonly byte[] _block = RandomNumberGenerator.GetBytes(Math.Min(size, Part));

    public static string KeyOf(int number) => $"load/{number:000000}.bin";

    public bool IsInfected(int number) => size < Part && number % InfectedEvery == 0;

    public Task PutAsync(int number, CancellationToken limit) => size < Part
        ? client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = bucket,
                Key = KeyOf(number),
                InputStream = new MemoryStream(JobFile.Make(KeyOf(number), size, IsInfected(number)).Bytes),
            },
            limit)
        : PutPartsAsync(number, limit);

    private async Task PutPartsAsync(int number, CancellationToken limit)
    {
        var key = KeyOf(number);
        var upload = await client.InitiateMultipartUploadAsync(bucket, key, limit);
        var made = new List<PartETag>();
        for (var at = 0L; at < size; at += Part)
        {
            BitConverter.TryWriteBytes(_block, ((long)number << 32) + at);
            var sent = await client.UploadPartAsync(
                new UploadPartRequest
                {
                    BucketName = bucket,
                    Key = key,
                    UploadId = upload.UploadId,
                    PartNumber = made.Count + 1,
                    PartSize = Math.Min(Part, size - at),
                    InputStream = new MemoryStream(_block, 0, (int)Math.Min(Part, size - at)),
                },
                limit);
            made.Add(new PartETag(made.Count + 1, sent.ETag));
        }

        await client.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload.UploadId, PartETags = made }, limit);
    }
}
