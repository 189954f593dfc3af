using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Cli.Demo;

/// <summary>A certificate authority that exists for one demonstration, and the one certificate that it issues.</summary>
internal static class DemoAuthority
{
    public const string Name = "Sallyport demo authority";

    /// <summary>Writes the certificate for the host, its key, and the authority's certificate, as PEM; valid for a day.</summary>
    /// <returns>The SHA-256 fingerprint of the host's certificate, in hexadecimal.</returns>
    public static string Issue(string host, string certificateFile, string keyFile, string authorityFile)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest($"CN={Name}", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, false));
        var now = DateTimeOffset.UtcNow;
        using var authority = authorityRequest.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        // id-kp-serverAuth (RFC 5280 section 4.2.1.12).
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        var serial = RandomNumberGenerator.GetBytes(16);
        // A serial number is positive (RFC 5280 section 4.1.2.2).
        serial[0] &= 0x7f;
        using var issued = request.Create(authority, authority.NotBefore, authority.NotAfter, serial);

        File.WriteAllText(certificateFile, issued.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(authorityFile, authority.ExportCertificatePem());
        return issued.GetCertHashString(HashAlgorithmName.SHA256);
    }
}
