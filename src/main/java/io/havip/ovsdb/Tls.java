package io.havip.ovsdb;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a client shows and whom it believes, in files as OVN's other clients have them. As these do,
 * it takes any certificate that the authority signed, whatever name it has: ovs-pki(8) does not put
 * names of hosts into certificates.
 *
 * @param privateKey PEM, PKCS #8, not encrypted
 * @param certificate PEM
 * @param authority PEM, the certificates of whoever signs
 */
public record Tls(Path privateKey, Path certificate, Path authority) {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.*)-----END PRIVATE KEY-----", Pattern.DOTALL);
  private static final char[] NO_PASSWORD = {};

  SSLContext context() throws IOException {
    try {
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry(
          "own", key(), NO_PASSWORD, certificates(certificate).toArray(Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(own, NO_PASSWORD);
      KeyStore believed = KeyStore.getInstance("PKCS12");
      believed.load(null, null);
      for (Certificate signer : certificates(authority)) {
        believed.setCertificateEntry("signer" + believed.size(), signer);
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(believed);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the key and the certificates cannot be used: " + e.getMessage(), e);
    }
  }

  private PrivateKey key() throws IOException, GeneralSecurityException {
    Matcher pem = KEY.matcher(Files.readString(privateKey, StandardCharsets.US_ASCII));
    if (!pem.find()) {
      throw new IOException(
          privateKey
              + " holds no plain key of PKCS #8; openssl pkcs8 -topk8 -nocrypt makes one of any key");
    }
    PKCS8EncodedKeySpec spec =
        new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
    for (String algorithm : List.of("RSA", "EC")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException _) {
        // It is of another kind.
      }
    }
    throw new IOException(privateKey + " is neither an RSA nor an EC key");
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
  }
}
