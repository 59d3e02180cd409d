use base64::Engine as _;
use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};

use super::{Observable, Verdict, VirusTotalOptions, VirusTotalStandIn, quota_exceeded};
use crate::caller::{Caller, Reply};
use crate::faults::Fault;

const SHA256: &str = "61c0810a23580cf492a6ba4f7654566108331e7a4134c968c2d6a05261b2d8a1";
const IP: &str = "42.194.210.177";
const URL: &str = "https://evil.example/a?b=c";

struct VirusTotal {
    standin: VirusTotalStandIn,
    http: Caller,
}

impl VirusTotal {
    async fn with_key(&self, path: &str, key: &str) -> Reply {
        let path = format!("/api/v3/{path}");
        let headers = [("x-apikey", key)];
        let reply = self.http.raw("GET", &path, &headers, String::new());
        reply.await.unwrap()
    }

    async fn get(&self, path: &str) -> Reply {
        self.with_key(path, "right").await
    }
}

async fn start_with(options: VirusTotalOptions) -> VirusTotal {
    let standin = VirusTotalStandIn::start(options).await.unwrap();
    let http = Caller::new(&standin.url(), "");
    VirusTotal { standin, http }
}

async fn start() -> VirusTotal {
    start_with(VirusTotalOptions::new("right")).await
}

fn code(reply: &Reply) -> &str {
    reply.json["error"]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn what_is_known_is_told_in_full() {
    let virustotal = start().await;
    let verdict = Verdict::malicious(60).named("mimikatz.exe");
    let verdict = verdict.labelled("hacktool.mimikatz/marte");
    let upper = SHA256.to_ascii_uppercase();
    virustotal.standin.know(Observable::File, &upper, verdict);
    let reply = virustotal.get(&format!("files/{SHA256}")).await;
    let data = &reply.json["data"];
    assert_eq!(
        (data["type"].as_str(), data["id"].as_str()),
        (Some("file"), Some(SHA256))
    );
    let attributes = &data["attributes"];
    assert_eq!(attributes["last_analysis_stats"]["malicious"], 60);
    assert_eq!(attributes["last_analysis_stats"]["undetected"], 12);
    assert_eq!(
        (&attributes["reputation"], &attributes["sha256"]),
        (&(-60).into(), &SHA256.into())
    );
    assert_eq!(attributes["meaningful_name"], "mimikatz.exe");
    let label = &attributes["popular_threat_classification"]["suggested_threat_label"];
    assert_eq!(label, "hacktool.mimikatz/marte");
    assert!(attributes["last_analysis_date"].is_i64());
}

#[tokio::test]
async fn every_kind_has_its_collection_and_its_id() {
    let virustotal = start().await;
    let id = BASE64_URL_SAFE_NO_PAD.encode(URL);
    for (kind, value, path, name) in [
        (
            Observable::Ip,
            IP,
            format!("ip_addresses/{IP}"),
            "ip_address",
        ),
        (
            Observable::Ip,
            "2606:4700:0::1111",
            "ip_addresses/2606:4700::1111".into(),
            "ip_address",
        ),
        (
            Observable::Domain,
            "Evil.example",
            "domains/evil.example".into(),
            "domain",
        ),
        (Observable::Url, URL, format!("urls/{id}"), "url"),
    ] {
        let verdict = Verdict::clean().analysed(None);
        virustotal.standin.know(kind, value, verdict);
        let reply = virustotal.get(&path).await;
        assert_eq!(
            (reply.status, reply.json["data"]["type"].as_str()),
            (200, Some(name)),
            "{path}"
        );
        assert_eq!(
            reply.json["data"]["attributes"].get("last_analysis_date"),
            None
        );
    }
}

#[tokio::test]
async fn unknown_is_not_found_and_never_clean() {
    let virustotal = start().await;
    for path in [
        &format!("files/{SHA256}"),
        &format!("ip_addresses/{IP}"),
        "domains/evil.example",
    ] {
        let reply = virustotal.get(path).await;
        assert_eq!(
            (reply.status, code(&reply)),
            (404, "NotFoundError"),
            "{path}"
        );
        assert_eq!(reply.json.get("data"), None);
    }
}

#[tokio::test]
async fn an_id_that_is_none_is_refused() {
    let virustotal = start().await;
    let padded = BASE64_URL_SAFE.encode("https://evil.example/ab");
    assert!(padded.ends_with('='));
    let defanged = BASE64_URL_SAFE_NO_PAD.encode("hxxps://evil[.]example");
    for path in [
        "files/abc".to_owned(),
        "ip_addresses/evil.example".to_owned(),
        "ip_addresses/42[.]194[.]210[.]177"
            .replace('[', "%5B")
            .replace(']', "%5D"),
        "domains/localhost".to_owned(),
        format!("domains/{IP}"),
        format!("urls/{padded}"),
        format!("urls/{defanged}"),
        format!("urls/{}", URL.replace('/', "%2F")),
    ] {
        let reply = virustotal.get(&path).await;
        assert_eq!(
            (reply.status, code(&reply)),
            (400, "InvalidArgumentError"),
            "{path}"
        );
    }
    assert!(virustotal.standin.leaks().is_empty());
    assert_eq!(virustotal.get("comments/abc").await.status, 404);
}

#[tokio::test]
async fn an_address_that_should_never_leave_is_refused_and_remembered() {
    let virustotal = start().await;
    let url = "http://user@192.168.1.9:8080/x";
    let local = "https://[fe80::1]/";
    let (url_id, local_id) = (
        BASE64_URL_SAFE_NO_PAD.encode(url),
        BASE64_URL_SAFE_NO_PAD.encode(local),
    );
    for path in [
        "ip_addresses/10.20.30.40",
        "ip_addresses/::1",
        &format!("urls/{url_id}"),
        &format!("urls/{local_id}"),
    ] {
        assert_eq!(virustotal.get(path).await.status, 400, "{path}");
    }
    assert_eq!(
        virustotal.standin.leaks(),
        ["10.20.30.40", "::1", url, local]
    );
}

#[tokio::test]
async fn a_key_is_needed_and_must_be_the_right_one() {
    let virustotal = start().await;
    let path = format!("ip_addresses/{IP}");
    let reply = virustotal.with_key(&path, "wrong").await;
    assert_eq!((reply.status, code(&reply)), (401, "WrongCredentialsError"));
    let reply = virustotal.http.get(&format!("/api/v3/{path}")).await;
    assert_eq!(
        (reply.status, code(&reply)),
        (401, "AuthenticationRequiredError")
    );
    let shown = format!("{:?}", virustotal.standin.requests());
    assert!(!shown.contains("wrong"), "{shown}");
}

#[tokio::test]
async fn the_quota_of_a_minute_is_kept() {
    let virustotal = start_with(VirusTotalOptions::new("right").public()).await;
    let path = format!("ip_addresses/{IP}");
    for status in [404, 404, 404, 404, 429, 429] {
        assert_eq!(virustotal.get(&path).await.status, status);
    }
    assert_eq!(code(&virustotal.get(&path).await), "QuotaExceededError");
    virustotal.standin.refill();
    assert_eq!(virustotal.get(&path).await.status, 404);
}

#[tokio::test]
async fn faults_come_in_its_own_words() {
    let virustotal = start().await;
    let path = format!("ip_addresses/{IP}");
    for (fault, status, word) in [
        (quota_exceeded(), 429, "QuotaExceededError"),
        (Fault::status(429), 429, "TooManyRequestsError"),
        (Fault::status(503), 503, "TransientError"),
        (Fault::status(504), 504, "DeadlineExceededError"),
        (Fault::html(502), 502, ""),
        (Fault::garbage(), 200, ""),
    ] {
        virustotal.standin.inject(fault);
        let reply = virustotal.get(&path).await;
        assert_eq!((reply.status, code(&reply)), (status, word));
    }
    assert_eq!(virustotal.get(&path).await.status, 404);
}
