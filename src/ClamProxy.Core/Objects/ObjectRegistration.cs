using ClamProxy.Core.Intake;
using ClamProxy.Core.Objects.S3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Objects;

public static class ObjectRegistration
{
    /// <summary>Adds the store of jobs' contents: the bucket that the options name, else a folder.</summary>
    /// <param name="folder">Where the folder is; made by this.</param>
    /// <remarks>Needs the intake, a clock and logging.</remarks>
    public static IServiceCollection AddObjects(
        this IServiceCollection services, ObjectOptions options, S3Options s3, Func<string> folder)
    {
        services.AddSingleton(options).AddSingleton(provider => new ObjectHealth(provider.GetRequiredService<IObjectStore>()));
        return options.Place is { } place
            ? services.AddBucket(place, s3)
            : services.AddSingleton<IObjectStore>(provider => new FolderObjects(
                Path.Combine(folder(), "objects"), options, provider.GetRequiredService<TimeProvider>()));
    }

    private static IServiceCollection AddBucket(this IServiceCollection services, S3Place place, S3Options s3) => services
        .AddSingleton(provider => new S3Calls(S3Clients.Open(s3), s3, place.Bucket, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<S3Bucket>()
        .AddSingleton(provider => new S3Parts(provider.GetRequiredService<S3Calls>(), s3))
        .AddSingleton(provider => new S3Check(
            provider.GetRequiredService<S3Bucket>(),
            place,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<S3Check>>()))
        .AddHostedService(provider => provider.GetRequiredService<S3Check>())
        .AddSingleton(provider => new S3Intake(
            provider.GetRequiredService<ContentIntake>(),
            provider.GetRequiredService<IntakeOptions>(),
            s3,
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IObjectStore>(provider => new S3Objects(
            provider.GetRequiredService<S3Bucket>(),
            provider.GetRequiredService<S3Parts>(),
            place,
            provider.GetRequiredService<S3Check>(),
            provider.GetRequiredService<S3Intake>()));
}
