//! Distance on the globe.

use super::BadValue;
use earwitness_model::Place;
use std::fmt;

/// Mean radius of the Earth, kilometres (IUGG).
const EARTH_KM: f64 = 6371.0088;

/// Places within a distance of a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// Degrees north, WGS 84.
    pub latitude: f64,
    /// Degrees east, WGS 84.
    pub longitude: f64,
    /// Kilometres along the surface.
    pub kilometres: f64,
}

const HINT: &str = "near:LATITUDE,LONGITUDE,KILOMETRES in degrees with decimal points, as in near:47.10,37.55,15";

impl Near {
    pub(crate) fn read(text: &str) -> Result<Self, BadValue> {
        let wrong = |message: String| BadValue { message, hint: HINT };
        let numbers: Vec<f64> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
        let [latitude, longitude, kilometres] = numbers[..] else {
            return Err(wrong(format!("{text:?} is not a point and a distance")));
        };
        if text.split(',').count() != 3 {
            return Err(wrong(format!("{text:?} is not a point and a distance")));
        }
        let near = Self { latitude, longitude, kilometres };
        if !is_on_earth(latitude, longitude) {
            return Err(wrong(format!("{latitude},{longitude} is no point on Earth")));
        }
        if !(kilometres > 0.0 && kilometres.is_finite()) {
            return Err(wrong(format!("{kilometres} km is no distance")));
        }
        Ok(near)
    }

    pub(crate) fn accepts(&self, facet: &str) -> bool {
        let point = facet.split_once(',').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        point.is_some_and(|(latitude, longitude): (f64, f64)| {
            distance_km(self.latitude, self.longitude, latitude, longitude) <= self.kilometres
        })
    }
}

/// Great-circle distance by the haversine formula; degrees in, kilometres out.
fn distance_km(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    let half = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
    let h = half(lat1, lat2) + lat1.to_radians().cos() * lat2.to_radians().cos() * half(lon1, lon2);
    2.0 * EARTH_KM * h.sqrt().min(1.0).asin()
}

fn is_on_earth(latitude: f64, longitude: f64) -> bool {
    (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude)
}

impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{}", self.latitude, self.longitude, self.kilometres)
    }
}

/// The point, if it is one.
pub(super) fn facet(place: &Place) -> Option<String> {
    let (latitude, longitude) = place.latitude.zip(place.longitude)?;
    is_on_earth(latitude, longitude).then(|| format!("{latitude},{longitude}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_right() {
        // Kyiv to Lviv: 468 km.
        let d = distance_km(50.4501, 30.5234, 49.8397, 24.0297);
        assert!((d - 468.0).abs() < 2.0, "{d}");
        assert_eq!(distance_km(10.0, 20.0, 10.0, 20.0), 0.0);
        assert!((distance_km(0.0, 179.9, 0.0, -179.9) - 22.2).abs() < 0.1);
    }

    #[test]
    fn wrong_points_are_refused() {
        for wrong in
            ["", "47.1,37.5", "47,1,37,5,10", "95,0,1", "0,181,1", "0,0,0", "0,0,-1", "NaN,0,1", "0,0,inf", "a,1,2,3"]
        {
            assert!(Near::read(wrong).is_err(), "{wrong}");
        }
        assert!(Near::read("47.1, 37.5, 10").unwrap().accepts("47.1,37.6"));
    }
}
